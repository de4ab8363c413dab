import { ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { newMessageId, type OutgoingMessage, type PublishOutcome, writeEnvelope } from '@conveyor/brokers';
import { createRabbitBroker } from '@conveyor/brokers/rabbitmq';
import type { Timeline } from '@conveyor/contracts/http';
import { dataschemaOf, type JournalEntry } from '@conveyor/contracts/messages';
import type { Stack } from '@conveyor/local/stack';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { addressOf } from '@conveyor/topology';

/** What the flight recorder has of an order, from its first entry to its last. */
export type Life = Timeline['entries'];

interface Load {
  readonly ordersPerSecond: number;
  readonly seconds: number;
}

/** What is due within this time is one message, as a service's recorder lets entries gather. */
const tickMs = 50;

/**
 * Tells the lives of real orders over and over, each time as those of a new order that happens now: by messages to the gateway,
 * as the services send them. Resolves with how many entries it told, once the broker has them all.
 */
export async function replayJournal({ env }: Stack, lives: readonly Life[], load: Load): Promise<number> {
  const topology = { exchanges: [], queues: [], bindings: [] };
  const broker = createRabbitBroker({ url: env.RABBITMQ_URL, topology, clientName: 'replay' });
  broker.start();
  await broker.connected(AbortSignal.timeout(10_000));
  const sending: Promise<readonly PublishOutcome[]>[] = [];
  let told = 0;
  const begun = Date.now();
  for (const [tick, entries] of ticks(lives, load, begun)) {
    // The pause is the load; nothing waits for it.
    await sleep(Math.max(0, begun + tick * tickMs - Date.now()));
    sending.push(broker.publisher.publish([recorded(entries)]));
    told += entries.length;
  }
  const outcomes = (await Promise.all(sending)).flat();
  ok(outcomes.every(({ status }) => status === 'confirmed'));
  await broker.close();
  return told;
}

/** What is told together, and when. */
function* ticks(
  lives: readonly Life[],
  { ordersPerSecond, seconds }: Load,
  begun: number,
): Generator<readonly [tick: number, entries: readonly JournalEntry[]]> {
  const waiting = new Map<number, JournalEntry[]>();
  const orders = ordersPerSecond * seconds;
  let order = 0;
  for (let tick = 0; order < orders || waiting.size > 0; tick++) {
    for (; order < orders && order * 1_000 < (tick + 1) * tickMs * ordersPerSecond; order++) {
      const life = lives[order % lives.length] ?? [];
      for (const entry of lifeAnew(life, begun + (order * 1_000) / ordersPerSecond)) {
        const due = Math.max(tick, Math.floor((Date.parse(entry.at) - begun) / tickMs));
        const together = waiting.get(due) ?? [];
        waiting.set(due, together);
        together.push(entry);
      }
    }
    const entries = waiting.get(tick);
    waiting.delete(tick);
    if (entries) yield [tick, entries];
  }
}

/** The same life, begun at another time, with ids that nobody has. */
function lifeAnew(life: Life, begun: number): readonly JournalEntry[] {
  const orderId = randomUUID();
  const first = Date.parse(life[0]?.at ?? '');
  const ids = new Map<string, string>();
  const anew = (id: string) => {
    const known = ids.get(id) ?? randomUUID();
    ids.set(id, known);
    return known;
  };
  return life.map((entry) => ({
    ...entry,
    id: randomUUID(),
    orderId,
    at: new Date(begun + Date.parse(entry.at) - first).toISOString(),
    ...(entry.messageId && { messageId: anew(entry.messageId) }),
    ...(entry.causationId && { causationId: anew(entry.causationId) }),
  }));
}

function recorded(entries: readonly JournalEntry[]): OutgoingMessage {
  const [id, type] = [newMessageId(), 'journal.recorded'] as const;
  return {
    address: addressOf(type, 'rabbitmq', 'replay', { orderExpiresAfterMs: 0 }),
    orderingKey: 'replay',
    attributes: writeEnvelope({
      id,
      type,
      source: '/replay',
      subject: 'replay',
      time: new Date().toISOString(),
      dataschema: dataschemaOf(type),
      correlationid: id,
      traceparent: newTraceparent(),
    }),
    body: Buffer.from(JSON.stringify({ entries })),
  };
}
