import type { Lag, OutboxLag } from '@conveyor/patterns/transactional-outbox/outbox-lag';
import { Gauge, type Registry } from 'prom-client';

const gauges: readonly { readonly name: string; readonly help: string; value(lag: Lag): number }[] = [
  {
    name: 'conveyor_outbox_waiting',
    help: 'Messages still to be sent to the broker; 10000: that many or more.',
    value: ({ waiting }) => waiting,
  },
  {
    name: 'conveyor_outbox_oldest_seconds',
    help: 'How long the oldest of them has waited.',
    value: ({ oldestMs }) => oldestMs / 1_000,
  },
  {
    name: 'conveyor_outbox_parked',
    help: 'Messages that no queue would take: a person must look. 10000: that many or more.',
    value: ({ parked }) => parked,
  },
];

/** What waits in the outbox, by broker. What `read` cannot tell is left out: an old number would look like a new one. */
export function addOutboxGauges(registry: Registry, read: () => Promise<OutboxLag | undefined>): void {
  let reading: Promise<OutboxLag | undefined> | undefined;
  // Asked for all at the same time, they are filled by one look at the database.
  const readOnce = () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  for (const { name, help, value } of gauges) {
    new Gauge({
      name,
      help,
      labelNames: ['broker'],
      registers: [registry],
      async collect() {
        const lags = await readOnce();
        this.reset();
        for (const [broker, lag] of Object.entries(lags ?? {})) this.set({ broker }, value(lag));
      },
    });
  }
}
