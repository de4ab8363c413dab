import { randomBytes } from 'node:crypto';

const traceparentPattern = /^00-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/;

/** The start of a new trace (W3C Trace Context, level 1). */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

/** The next hop of the trace of `traceparent`: the same trace id, a new span id. A new trace when it is not a valid one. */
export function nextTraceparent(traceparent: string | undefined): string {
  const parent = traceparentPattern.exec(traceparent ?? '')?.groups;
  // The specification calls ids of zeros invalid.
  if (!parent || /^0+$/.test(parent['trace'] ?? '') || /^0+$/.test(parent['span'] ?? ''))
    return newTraceparent();
  return `00-${parent['trace']}-${randomBytes(8).toString('hex')}-${parent['flags']}`;
}

/** The 32 hex digits that all spans of a trace share: what a log line carries as `trace_id`. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparentPattern.exec(traceparent ?? '')?.groups?.['trace'];
}
