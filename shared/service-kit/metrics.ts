import type { BreakerState } from '@conveyor/patterns/circuit-breaker/breaker';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Http } from './http.ts';
import { addOutboxGauges } from './outbox-gauges.ts';
import { readLag, type Watched } from './watched.ts';

const numbers: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** `GET /metrics` in Prometheus' text format, every line with the name of the service. */
export function addMetricsRoute(http: Http, service: string, watched: Watched): void {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  // Memory, processor, event loop. Measured every 10 ms, as is the default, the latter would keep an idle process awake.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  new Gauge({
    name: 'conveyor_breaker_state',
    help: '0: closed. 1: half-open, one call tries. 2: open, no call is made.',
    labelNames: ['breaker'],
    registers: [registry],
    collect() {
      for (const { name, state } of watched.breakers) this.set({ breaker: name }, numbers[state]);
    },
  });
  addOutboxGauges(registry, () => readLag(watched));
  http.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
