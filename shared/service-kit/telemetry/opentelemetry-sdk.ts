import { setTimeout } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { Logger } from '../logger.ts';

/** Sends what is still waiting. Resolves in any case, after `withinMs` at the latest. */
export type StopTelemetry = (withinMs: number) => Promise<void>;

/**
 * OpenTelemetry's SDK for traces, as the standard OTEL_… variables say: where to, which protocol, how many of them. It patches
 * no library: every span is made by our own code. Metrics are Prometheus' business, logs go to stdout.
 */
export function startSdk(service: string, log: Logger): StopTelemetry {
  const sdk = new NodeSDK({
    serviceName: service,
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  const tell = (message: string) => log.warn({ part: 'telemetry', detail: message }, 'traces are not sent');
  const ignore = () => {};
  diag.setLogger(
    { error: tell, warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    { suppressOverrideMessage: true },
  );
  return async (withinMs) => {
    // Whoever should take them may be away, and nobody must wait for that.
    await Promise.race([sdk.shutdown().catch(ignore), setTimeout(withinMs, undefined, { ref: false })]);
  };
}
