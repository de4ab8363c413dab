import type { Logger } from '../logger.ts';
import type { StopTelemetry } from './opentelemetry-sdk.ts';
import { beginTracing } from './spans.ts';

/** Makes traces, if somebody is there to take them. Without an endpoint the SDK is not even loaded. */
export async function startTelemetry(
  service: string,
  endpoint: string | undefined,
  log: Logger,
): Promise<StopTelemetry> {
  if (endpoint === undefined) return async () => {};
  const { startSdk } = await import('./opentelemetry-sdk.ts');
  const stop = startSdk(service, log);
  beginTracing();
  return stop;
}
