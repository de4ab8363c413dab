import { codeOf } from '@conveyor/patterns/dead-letter-queue/failure';
import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

/** Hands spans to the SDK once that is there. */
const tracer = trace.getTracer('conveyor');

let measured = false;

/** To be called when the SDK is there. It may be told to take no spans, by the standard OTEL_… variables. */
export function beginTracing(): void {
  measured = isSpanContextValid(tracer.startSpan('a try', {}, ROOT_CONTEXT).spanContext());
}

/** Whether spans are measured. If not, nothing here makes any, and a trace is no more than the ids that messages carry. */
export function isTracing(): boolean {
  return measured;
}

export interface SpanDetails {
  readonly kind: SpanKind;
  readonly attributes?: Attributes;
  /** In which context it stands; absent: in the one that is active. */
  readonly parent?: Context;
  /** The spans of other traces that it serves, too. */
  readonly links?: readonly Link[];
}

/** To be ended by whoever starts it. Only while {@link isTracing}. */
export function startSpan(name: string, { parent = context.active(), ...details }: SpanDetails): Span {
  const { kind, attributes = {}, links = [] } = details;
  return tracer.startSpan(name, { kind, attributes, links: [...links] }, parent);
}

/** Does `work` in a span of its own, which ends with it, and fails with it. */
export async function inSpan<Result>(
  name: string,
  details: SpanDetails,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const span = startSpan(name, details);
  try {
    return await context.with(trace.setSpan(context.active(), span), () => work(span));
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** A call of somebody outside: a provider, a mail server. */
export function inCallSpan<Result>(
  name: string,
  attributes: Attributes,
  work: () => Promise<Result>,
): Promise<Result> {
  return isTracing() ? inSpan(name, { kind: SpanKind.CLIENT, attributes }, work) : work();
}

/** Only what kind of error it was: its text may quote a body or somebody's answer. */
export function fail(span: Span, error: unknown): void {
  span.setAttribute('error.type', codeOf(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The context of the span that `traceparent` names; of none, when it is no valid one. */
export function contextOf(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparent?.split('-') ?? [];
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const parent = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** What names `span` to others (W3C Trace Context). */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
