import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Broker, BrokerName, ConsumeOptions } from '@conveyor/brokers';
import { Solitude } from '@conveyor/patterns/dead-letter-queue/solitude';
import { createLogger } from '../logger.ts';
import type { Postgres } from '../postgres.ts';
import { ConsumerGates } from './consumer-gates.ts';
import { createMessageMetrics } from './message-metrics.ts';
import { retryPolicies } from './retry-policies.ts';
import { startConsumers } from './start-consumers.ts';
import { on } from './subscription.ts';

/** What two consumers of payment ask a broker for. */
function startOn(name: BrokerName, gates: ConsumerGates): readonly ConsumeOptions[] {
  const asked: ConsumeOptions[] = [];
  const broker = {
    name,
    consume(options: ConsumeOptions) {
      asked.push(options);
      return { consuming: true, stop: async () => {} };
    },
  } as Pick<Broker, 'name' | 'consume'> as Broker;
  const database = {} as Postgres;
  const handle = async () => [];
  startConsumers(
    {
      service: 'payment',
      delays: { orderExpiresAfterMs: 1_000 },
      database,
      transactions: database,
      log: createLogger('payment', 'silent'),
      policies: retryPolicies([1_000]),
      holder: 'this-life',
      solitude: new Solitude(),
      gates,
      metrics: createMessageMetrics({ counter: () => () => {}, histogram: () => () => {}, gauge: () => {} }),
      wakeJournal: () => {},
      wakeRelays: () => {},
    },
    broker,
    new Map([
      ['payment.refund', [on('payment.refund', { consumer: 'payment.refund', retry: 'ladder', handle })]],
      ['payment.charge', [on('payment.charge', { consumer: 'payment.charge', retry: 'ladder', handle })]],
    ]),
  );
  return asked;
}

/** The channels behind a closed gate. */
const shut = (asked: readonly ConsumeOptions[]) =>
  asked.flatMap(({ channels, gateOf }) => channels.filter((channel) => gateOf?.(channel)?.isClosed)).sort();

test('a paused consumer is behind one gate on both brokers, with its retries and with nothing of others', () => {
  const gates = new ConsumerGates();
  const [rabbit, kafka] = [startOn('rabbitmq', gates), startOn('kafka', gates)];
  deepStrictEqual([shut(rabbit), shut(kafka)], [[], []]);
  gates.gateOf('payment.refund').close();
  deepStrictEqual(shut(rabbit), ['payment.refund']);
  deepStrictEqual(shut(kafka), ['payment-commands', 'payment.refund-retry-0', 'payment.refund-retry-1000']);
  gates.gateOf('payment.refund').open();
  deepStrictEqual([shut(rabbit), shut(kafka)], [[], []]);
});

test('what a former wait has left of a paused consumer waits as well', () => {
  const gates = new ConsumerGates();
  const retries = startOn('kafka', gates).find(({ name }) => name === 'payment.retries');
  gates.gateOf('payment.charge').close();
  ok(retries);
  ok(retries.alsoFrom?.('payment.charge-retry-77'));
  strictEqual(retries.gateOf?.('payment.charge-retry-77')?.isClosed, true);
  strictEqual(retries.gateOf?.('payment.refund-retry-77')?.isClosed, false);
});

test('on Kafka the retries of one consumer do not share their slots with those of another', () => {
  const poolOf = startOn('kafka', new ConsumerGates()).at(-1)?.poolOf;
  const [charge, refund] = [poolOf?.('payment.charge-retry-0'), poolOf?.('payment.refund-retry-0')];
  ok(charge !== undefined && charge !== refund);
  strictEqual(charge, poolOf?.('payment.charge-retry-1000'));
});
