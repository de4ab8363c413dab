import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import { playOnKafka } from '../conformance/kafka-ground.ts';
import { allConfirmed, gate, type Playground } from '../conformance/playground.ts';
import type { Broker, Delivery, OutgoingMessage } from '../port.ts';

const patient = { timeoutMs: 30_000 };

const idOf = ({ attributes }: OutgoingMessage | Delivery) => attributes.id ?? '';

async function send(playground: Playground, broker: Broker, count: number): Promise<string[]> {
  const messages = Array.from({ length: count }, () => playground.message());
  allConfirmed(await broker.publisher.publish(messages));
  return messages.map(idOf);
}

test('what a consumer had in hand when it died is redelivered to the next one, what came later is not', async (context) => {
  const { playground } = await playOnKafka(context, 2);
  const broker = await playground.broker();
  const inHand = new Map<string, boolean>();
  const dying = playground.consume(broker, playground.names.first, async (delivery) => {
    inHand.set(idOf(delivery), delivery.redelivered);
    await new Promise(() => {});
  });
  await eventually(() => assert.ok(dying.consuming), patient);
  const left = await send(playground, broker, 10);
  await eventually(() => assert.deepEqual([...inHand.keys()].toSorted(), left.toSorted()), patient);
  await dying.stop(0);

  const seen = new Map<string, boolean>();
  playground.consume(broker, playground.names.first, async (delivery) => {
    seen.set(idOf(delivery), delivery.redelivered);
  });
  await eventually(() => assert.equal(seen.size, left.length), patient);
  const later = await send(playground, broker, 10);
  await eventually(() => assert.equal(seen.size, left.length + later.length), patient);
  for (const id of left) assert.equal(seen.get(id), true);
  for (const id of later) assert.equal(seen.get(id), false);
});

test('of a long backlog only as many are held to be redelivered as a consumer may have had in hand', async (context) => {
  const { playground } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  await send(playground, broker, 100);
  const seen: boolean[] = [];
  playground.consume(
    broker,
    playground.names.first,
    async ({ redelivered }) => void seen.push(redelivered),
    1,
  );
  await eventually(() => assert.equal(seen.length, 100), patient);
  assert.deepEqual(seen, [...Array(10).fill(true), ...Array(90).fill(false)]);
});

test('none that a consumer was handed is new to the next one, though it fell silent before it could commit', async (context) => {
  const { playground } = await playOnKafka(context, 2);
  const proxy = await playground.proxy();
  const [one, other] = [await playground.broker({ proxy }), await playground.broker()];
  const wanted = await send(playground, other, 1_000);
  const handedOut = new Set<string>();
  const silent = gate();
  playground.consume(
    one,
    playground.names.first,
    async (delivery) => {
      handedOut.add(idOf(delivery));
      if (handedOut.size < 200) return;
      proxy.freeze(true);
      silent.open();
      await new Promise(() => {});
    },
    4,
  );
  await silent.passed;

  const again = new Map<string, boolean>();
  playground.consume(
    other,
    playground.names.first,
    async (delivery) => void again.set(idOf(delivery), delivery.redelivered),
    4,
  );
  await eventually(
    () => assert.deepEqual(new Set([...handedOut, ...again.keys()]), new Set(wanted)),
    patient,
  );
  const repeated = [...again].filter(([id]) => handedOut.has(id));
  proxy.freeze(false);
  context.diagnostic(`${repeated.length} of ${handedOut.size} were handed out again`);
  assert.ok(repeated.length > 0);
  assert.ok(repeated.every(([, redelivered]) => redelivered));
});

test('a message that was refused comes again as redelivered', async (context) => {
  const { playground } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  const seen: boolean[] = [];
  playground.consume(broker, playground.names.first, async ({ redelivered }) => {
    seen.push(redelivered);
    if (seen.length < 3) throw new Error('not yet');
  });
  await send(playground, broker, 1);
  await eventually(() => assert.equal(seen.length, 3), patient);
  assert.deepEqual(seen.slice(1), [true, true]);
});
