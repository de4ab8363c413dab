import type { BreakerState } from '@conveyor/patterns/circuit-breaker/breaker';
import { Counter, collectDefaultMetrics, Gauge, Histogram, type LabelValues, Registry } from 'prom-client';
import type { Http } from './http.ts';
import { addOutboxGauges } from './outbox-gauges.ts';
import { inTime, readLag, type Watched } from './watched.ts';

/** What a metric is called, and which labels its numbers have. Each label has few values: never the id of an order. */
export interface Metric<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

/** Where a service's own numbers go; all of them are listed in infra/observability/README.md. */
export interface Metrics {
  /** Counts what happens. Counting nothing (`by` 0) lets the number begin, so that its first step is seen as one. */
  counter<Label extends string>(
    metric: Metric<Label>,
  ): (labels: Readonly<Record<Label, string>>, by?: number) => void;
  /** Keeps how long things take, in seconds, by how many took up to each of `buckets`. */
  histogram<Label extends string>(
    metric: Metric<Label> & { readonly buckets: readonly number[] },
  ): (labels: Readonly<Record<Label, string>>, seconds: number) => void;
  /** Shows a number that is asked for at each look; NaN when it cannot be told, or not within 2 s. */
  gauge(metric: Metric<never>, read: () => Promise<number>): void;
}

const numbers: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** `GET /metrics` in Prometheus' text format, every line with the name of the service. */
export function addMetricsRoute(http: Http, service: string, watched: Watched): Metrics {
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
  return {
    counter<Label extends string>({ name, help, labels }: Metric<Label>) {
      const counter = new Counter<Label>({ name, help, labelNames: labels, registers: [registry] });
      return (values: Readonly<Record<Label, string>>, by = 1) =>
        counter.inc(values as LabelValues<Label>, by);
    },
    histogram<Label extends string>({
      name,
      help,
      labels,
      buckets,
    }: Metric<Label> & { readonly buckets: readonly number[] }) {
      const options = { name, help, labelNames: labels, buckets: [...buckets], registers: [registry] };
      const histogram = new Histogram<Label>(options);
      return (values: Readonly<Record<Label, string>>, seconds: number) =>
        histogram.observe(values as LabelValues<Label>, seconds);
    },
    gauge({ name, help }, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await inTime(read).catch(() => Number.NaN));
        },
      });
    },
  };
}
