import { newMessageId } from '@conveyor/brokers';
import type { DeadLetter } from './dead-letter.ts';

/** A letter with an id of its own, for tests. */
export function buildLetter(more: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id: newMessageId(),
    consumer: 'payment.charge',
    broker: 'rabbitmq',
    queue: 'payment.charge.dead',
    reason: 'attempts-exhausted',
    error: 'provider-away: no answer',
    stackHash: '0123456789abcdef',
    attempts: 4,
    history: [{ at: '2026-11-01T12:00:00.000Z', error: 'provider-away' }],
    origin: {
      broker: 'rabbitmq',
      channel: 'payment.charge',
      address: { channel: 'commands', key: 'payment.charge' },
    },
    attributes: {
      id: newMessageId(),
      type: 'payment.charge',
      source: '/order',
      subject: newMessageId(),
      time: '2026-11-01T11:59:00.000Z',
      dataschema: 'urn:conveyor:payment.charge:1',
      correlationid: 'test',
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
      saga: 'choreography',
      broker: 'rabbitmq',
    },
    headers: { note: 'its own' },
    body: Buffer.from('{"amount":1}'),
    priority: 5,
    diedAt: new Date('2026-11-01T12:00:00.000Z'),
    ...more,
  };
}
