import type { Logger } from '../logger.ts';
import { beginTracing } from './spans.ts';

/** Sends what is still waiting. Resolves in any case, after `withinMs` at the latest. */
export type StopTelemetry = (withinMs: number) => Promise<void>;

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
