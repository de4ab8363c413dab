import { ok, strictEqual } from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';
import { createLogger } from '../logger.ts';

test('without an endpoint the SDK is not even loaded; with one it is, and stops in time though nobody answers', async () => {
  const loaded: string[] = [];
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      loaded.push(specifier);
      return next(specifier, context);
    },
  });
  const { startTelemetry } = await import('./start-telemetry.ts');
  const { inCallSpan, isTracing } = await import('./spans.ts');
  const log = createLogger('test', 'silent');
  const stopNothing = await startTelemetry('test', undefined, log);
  await stopNothing(1_000);
  strictEqual(isTracing(), false);
  strictEqual(loaded.includes('@opentelemetry/sdk-node'), false);

  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'http://127.0.0.1:9';
  const stop = await startTelemetry('test', process.env['OTEL_EXPORTER_OTLP_ENDPOINT'], log);
  hooks.deregister();
  ok(loaded.includes('@opentelemetry/sdk-node'));
  strictEqual(isTracing(), true);
  await inCallSpan('a call', {}, async () => {});
  const begun = performance.now();
  await stop(200);
  ok(performance.now() - begun < 1_000);
});
