import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import { publishAll } from '@conveyor/testing/publish-all';
import { kafkaGround } from './conformance/kafka-ground.ts';
import { allConfirmed, gate, type MakeGround, Playground } from './conformance/playground.ts';
import { rabbitGround } from './conformance/rabbit-ground.ts';
import type { Delivery } from './port.ts';

const grounds: Readonly<Record<string, MakeGround>> = { rabbitmq: rabbitGround, kafka: kafkaGround };

const patient = { timeoutMs: 30_000 };

for (const [name, makeGround] of Object.entries(grounds)) {
  describe(`${name} keeps the promises of the port`, () => {
    const play = (context: TestContext) => Playground.open(context, makeGround);

    test('a confirmed message is delivered with attributes, headers and body untouched', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const body = Buffer.from([0, 255, 123, 34, 200]);
      const headers = { 'x-why': 'because, naïvely' };
      const attributes = {
        id: 'an-id',
        type: 'order.created',
        time: '2026-11-23T10:11:12.345Z',
        correlationid: 'c-1',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      };
      const message = ground.message('key-1', { attributes, headers, body });

      allConfirmed(await broker.publisher.publish([message]));

      const seen: Delivery[] = [];
      ground.consume(broker, ground.names.first, async (delivery) => void seen.push(delivery));
      const delivery = await eventually(() => exactlyOne(seen));
      assert.deepEqual(delivery.attributes, attributes);
      assert.deepEqual(delivery.headers, headers);
      assert.deepEqual(delivery.body, body);
      assert.equal(delivery.origin.broker, name);
      assert.equal(delivery.origin.channel, ground.ground.channelOf(ground.names.first));
      assert.deepEqual(delivery.origin.address, message.address);
      assert.equal(delivery.reply, undefined);
    });

    test('a message that could not be handled is told as an event, unless its consumer is being stopped', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const stopping = gate();
      const consumer = ground.consume(broker, ground.names.first, async ({ attributes }, signal) => {
        if (attributes.subject === 'bad') throw new Error('cannot');
        signal.addEventListener('abort', () => stopping.open());
        await stopping.passed;
        throw new Error('given up');
      });
      allConfirmed(await broker.publisher.publish([ground.message('bad')]));
      const handedBack = () => ground.events.filter((event) => event.kind === 'handed-back');
      const [event] = await eventually(() => {
        assert.ok(handedBack().length >= 2);
        return handedBack();
      }, patient);
      assert.deepEqual([event?.consumer, event?.error.message], [ground.names.first, 'cannot']);
      allConfirmed(await broker.publisher.publish([ground.message('waits')]));
      await consumer.stop(1_000);
      assert.ok(handedBack().every(({ error }) => error.message === 'cannot'));
    });

    test('a message whose handler had not resolved when its consumer went is delivered to another one', async (context) => {
      const ground = await play(context);
      const [one, other] = [await ground.broker(), await ground.broker()];
      const begun = gate();
      const first = ground.consume(one, ground.names.first, async () => {
        begun.open();
        await new Promise(() => {});
      });
      const message = ground.message();
      allConfirmed(await one.publisher.publish([message]));
      await begun.passed;

      await first.stop(0);

      const ids = collectIds(ground, other);
      await eventually(() => assert.deepEqual(ids, [message.attributes.id]), patient);
    });

    test('a message whose handler resolved is not delivered again', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const seen: string[] = [];
      const first = ground.consume(
        broker,
        ground.names.first,
        async ({ attributes }) => void seen.push(attributes.id ?? ''),
      );
      const [done, later] = [ground.message('key'), ground.message('key')];
      allConfirmed(await broker.publisher.publish([done]));
      await eventually(() => assert.deepEqual(seen, [done.attributes.id]));
      await first.stop(1_000);

      const ids = collectIds(ground, broker);
      allConfirmed(await broker.publisher.publish([later]));

      await eventually(() => assert.deepEqual(ids, [later.attributes.id]));
    });

    test('a message whose handler rejects is delivered again', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      let deliveries = 0;
      ground.consume(broker, ground.names.first, async () => {
        deliveries++;
        if (deliveries < 3) throw new Error('not yet');
      });
      allConfirmed(await broker.publisher.publish([ground.message()]));
      await eventually(() => assert.equal(deliveries, 3));
    });

    test('two consumers of one name share the messages, another name gets all of them', async (context) => {
      const ground = await play(context);
      const [one, other] = [await ground.broker(), await ground.broker()];
      const shared: [string[], string[]] = [[], []];
      const all: string[] = [];
      const note = (ids: string[]) => async (delivery: Delivery) => void ids.push(idOf(delivery));
      ground.consume(one, ground.names.first, note(shared[0]), 1);
      ground.consume(other, ground.names.first, note(shared[1]), 1);
      ground.consume(one, ground.names.second, note(all));
      const sent: string[] = [];

      await eventually(async () => {
        const messages = Array.from({ length: 20 }, () => ground.message());
        sent.push(...messages.map(idOf));
        allConfirmed(await one.publisher.publish(messages));
        assert.ok(shared[0].length > 0 && shared[1].length > 0, 'both have had some');
      }, patient);

      await eventually(() => assert.deepEqual(new Set(all), new Set(sent)), patient);
      await eventually(() => assert.deepEqual(new Set(shared.flat()), new Set(sent)), patient);

      const messages = Array.from({ length: 20 }, () => ground.message());
      allConfirmed(await one.publisher.publish(messages));
      const latest = () => shared.flat().filter((id) => messages.some((message) => idOf(message) === id));
      await eventually(() => assert.deepEqual(latest().toSorted(), messages.map(idOf).toSorted()), patient);
    });

    test('messages of one key keep their order, within a batch and from one to the next', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const numbers = new Map<string, number[]>();
      ground.consume(
        broker,
        ground.names.first,
        async (delivery) => {
          const { subject = '' } = delivery.attributes;
          numbers.set(subject, [...(numbers.get(subject) ?? []), numberOf(delivery)]);
        },
        1,
      );
      const keys = ['red', 'green', 'blue'];
      for (let batch = 0; batch < 5; batch++) {
        const messages = Array.from({ length: 30 }, (_, at) => ground.message(keys[at % 3]));
        allConfirmed(await broker.publisher.publish(messages));
      }
      await eventually(() => assert.equal([...numbers.values()].flat().length, 150), patient);
      for (const key of keys) {
        const ofKey = numbers.get(key) ?? [];
        assert.deepEqual(
          ofKey,
          ofKey.toSorted((a, b) => a - b),
        );
      }
    });

    test('a message that nobody can take is noticed, and the others of its batch are sent', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const lost = { ...ground.message('lost'), address: ground.ground.nowhere };
      const outcomes = await broker.publisher.publish([ground.message('a'), lost, ground.message('b')]);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['confirmed', 'unroutable', 'confirmed'],
      );
    });

    test('many publish at once, and each gets its own outcomes', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const calls = Array.from({ length: 20 }, (_, size) =>
        Array.from({ length: size }, () => ground.message()),
      );
      const lost = { ...ground.message('lost'), address: ground.ground.nowhere };
      const answers = await Promise.all(
        [...calls, [lost]].map((messages) => broker.publisher.publish(messages)),
      );
      assert.deepEqual(
        answers.map(({ length }) => length),
        [...calls.map(({ length }) => length), 1],
      );
      assert.equal(answers.at(-1)?.[0]?.status, 'unroutable');
      for (const outcomes of answers.slice(0, -1)) allConfirmed(outcomes);
    });

    test('the topology may be declared by several, and again', async (context) => {
      const ground = await play(context);
      await Promise.all([ground.broker(), ground.broker(), ground.broker()]);
      await (await ground.broker()).check();
      assert.deepEqual(
        ground.events.filter(({ kind }) => kind !== 'connected'),
        [],
      );
    });

    test('a consumer that is stopped tells its handlers, and finishes what it has in hand', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const begun = gate();
      let finished = false;
      const consumer = ground.consume(broker, ground.names.first, async (_, signal) => {
        begun.open();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise((resolve) => setTimeout(resolve, 1_000)); // What is left to do takes its time.
        finished = true;
      });
      const [inHand, later] = [ground.message('key'), ground.message('key')];
      allConfirmed(await broker.publisher.publish([inHand]));
      await begun.passed;
      await consumer.stop(10_000);
      assert.ok(finished);

      const ids = collectIds(ground, broker);
      allConfirmed(await broker.publisher.publish([later]));
      await eventually(() => assert.deepEqual(ids, [later.attributes.id]), patient);
    });

    test('what is handed back comes again after a growing pause', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const at: number[] = [];
      ground.consume(broker, ground.names.first, async () => {
        at.push(performance.now());
        throw new Error('never');
      });
      allConfirmed(await broker.publisher.publish([ground.message()]));
      await eventually(() => assert.ok(at.length >= 5), patient);
      // 50, 100, 200 and 400 ms: no timer ends early.
      const [first = 0, , , , fifth = 0] = at;
      assert.ok(fifth - first >= 700, `${fifth - first} ms`);
    });

    test('stopping ends the pause before a retry', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      let deliveries = 0;
      const consumer = ground.consume(broker, ground.names.first, async () => {
        deliveries++;
        throw new Error('never');
      });
      allConfirmed(await broker.publisher.publish([ground.message()]));
      await eventually(() => assert.ok(deliveries >= 6), patient); // The next pause is 1.6 s.
      const from = performance.now();
      await consumer.stop(10_000);
      assert.ok(performance.now() - from < 1_000);
    });

    test('a reply finds back to who asked', async (context) => {
      const ground = await play(context);
      const [asker, server] = [await ground.broker(), await ground.broker()];
      const replies: Delivery[] = [];
      const inbox = asker.replies(ground.ground.replyChannel, (reply) => replies.push(reply));
      ground.last(() => inbox.stop());
      ground.consume(server, ground.names.first, async ({ reply }) => {
        assert.ok(reply);
        const answer = { ...ground.message(), address: server.replyAddress(reply), reply, transient: true };
        allConfirmed(await server.publisher.publish([answer]));
      });
      const replyTo = await eventually(() => {
        assert.ok(inbox.replyTo);
        return inbox.replyTo;
      }, patient);
      const ask = { replyTo, correlationId: 'question-1' };
      allConfirmed(await asker.publisher.publish([ground.message('q', { reply: ask, transient: true })]));
      const reply = await eventually(() => exactlyOne(replies), patient);
      assert.equal(reply.reply?.correlationId, 'question-1');

      await inbox.stop();
      assert.equal(inbox.replyTo, undefined);
    });

    test('a broker is ready when all that is open is handed messages', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      await broker.check();
      const consumer = ground.consume(broker, ground.names.first, async () => {});
      const inbox = broker.replies(ground.ground.replyChannel, () => {});
      ground.last(() => inbox.stop());
      assert.equal(consumer.consuming, false);
      await assert.rejects(broker.check(), { message: /^no messages are handed to/ });

      await eventually(() => broker.check(), patient);
      assert.equal(consumer.consuming, true);
      assert.ok(inbox.replyTo);

      await consumer.stop(1_000);
      await inbox.stop();
      assert.equal(consumer.consuming, false);
      await broker.check();
    });

    test('never more messages are in hand than agreed', async (context) => {
      const ground = await play(context);
      const broker = await ground.broker();
      const hand = counter();
      const go = gate();
      ground.consume(
        broker,
        ground.names.first,
        () =>
          hand.during(() => (hand.done < 4 ? go.passed : new Promise((resolve) => setImmediate(resolve)))),
        4,
      );
      allConfirmed(await broker.publisher.publish(Array.from({ length: 60 }, () => ground.message())));
      await eventually(() => assert.equal(hand.now, 4), patient);
      go.open();
      await eventually(() => assert.equal(hand.done, 60), patient);
      assert.equal(hand.most, 4);
    });

    test('nothing is lost when connections are cut, and no more is in hand than agreed', async (context) => {
      const ground = await play(context);
      const proxy = await ground.proxy();
      const broker = await ground.broker({ proxy });
      const handled = new Set<string>();
      const hand = counter();
      ground.consume(
        broker,
        ground.names.first,
        (delivery) =>
          hand.during(async () => {
            await new Promise((resolve) => setTimeout(resolve, 3));
            handled.add(idOf(delivery));
          }),
        5,
      );
      const first = ground.message();
      allConfirmed(await broker.publisher.publish([first]));
      await eventually(() => assert.equal(handled.size, 1), patient);
      const wanted = new Set([idOf(first)]);
      for (let round = 0; round < 10; round++) {
        const messages = Array.from({ length: 50 }, () => ground.message());
        for (const message of messages) wanted.add(idOf(message));
        const publishing = publishAll(broker.publisher, messages, patient);
        if (round % 3 === 1) proxy.cut();
        await publishing;
      }
      await eventually(() => assert.deepEqual(handled, wanted), { timeoutMs: 60_000 });
      assert.ok(hand.most <= 5, `${hand.most} in hand`);
      assert.ok(proxy.cuts > 0, 'connections were cut');
    });

    test('while the broker is away publishing fails soon; when it is back all goes on by itself', async (context) => {
      const ground = await play(context);
      const proxy = await ground.proxy();
      const broker = await ground.broker({ proxy });
      const seen: string[] = [];
      ground.consume(broker, ground.names.first, async (delivery) => void seen.push(idOf(delivery)));
      const before = ground.message();
      allConfirmed(await broker.publisher.publish([before]));
      await eventually(() => assert.deepEqual(seen, [before.attributes.id]), patient);

      await proxy.down();
      const from = performance.now();
      const [outcome] = await broker.publisher.publish([ground.message()]);
      assert.equal(outcome?.status, 'failed');
      assert.ok(performance.now() - from < 12_000, 'within 12 s');
      await eventually(() => assert.ok(ground.events.some(({ kind }) => kind === 'disconnected')), patient);
      await assert.rejects(broker.check());

      await proxy.up();
      await broker.connected(AbortSignal.timeout(20_000));
      await eventually(() => broker.check(), patient);
      const after = ground.message();
      await eventually(async () => allConfirmed(await broker.publisher.publish([after])), patient);
      await eventually(() => assert.ok(seen.includes(idOf(after))), patient);
    });

    test('a broker that falls silent makes publishing fail, and is found again when it speaks', async (context) => {
      const ground = await play(context);
      const proxy = await ground.proxy();
      const broker = await ground.broker({ proxy });
      const ids = collectIds(ground, broker);
      allConfirmed(await broker.publisher.publish([ground.message()]));
      await eventually(() => assert.equal(ids.length, 1), patient);

      proxy.freeze(true);
      const from = performance.now();
      const [outcome] = await broker.publisher.publish([ground.message()]);
      assert.equal(outcome?.status, 'failed');
      assert.ok(performance.now() - from < 15_000);
      await assert.rejects(broker.check());

      proxy.freeze(false);
      const after = ground.message();
      await eventually(async () => allConfirmed(await broker.publisher.publish([after])), patient);
      await eventually(() => assert.ok(ids.includes(idOf(after))), patient);
    });

    test('a consumer may be set up while the broker is away', async (context) => {
      const ground = await play(context);
      const proxy = await ground.proxy();
      await proxy.down();
      const broker = await ground.broker({ proxy, wait: false });
      const seen: string[] = [];
      ground.consume(broker, ground.names.first, async (delivery) => void seen.push(idOf(delivery)));
      await assert.rejects(broker.connected(AbortSignal.timeout(300)));
      await eventually(() => assert.ok(ground.events.some(({ kind }) => kind === 'disconnected')), patient);

      await proxy.up();
      await broker.connected(AbortSignal.timeout(20_000));
      const message = ground.message();
      await eventually(async () => allConfirmed(await broker.publisher.publish([message])), patient);
      await eventually(() => assert.ok(seen.includes(idOf(message))), patient);
    });

    test('a consumer is stopped while the broker is away', async (context) => {
      const ground = await play(context);
      const proxy = await ground.proxy();
      const broker = await ground.broker({ proxy });
      const consumer = ground.consume(broker, ground.names.first, async () => {});
      await eventually(() => assert.ok(consumer.consuming), patient);
      await proxy.down();
      // RabbitMQ's consumer is down with the connection, Kafka's member when its tries are spent.
      const isDown = name === 'kafka' ? 'consumer-failed' : 'disconnected';
      await eventually(() => assert.ok(ground.events.some(({ kind }) => kind === isDown)), patient);
      assert.equal(consumer.consuming, false);
      await consumer.stop(1_000);
    });

    test('a broker that is closed while away, or never started, closes soon', async (context) => {
      const ground = await play(context);
      const proxy = await ground.proxy();
      const broker = await ground.broker({ proxy });
      const consumer = ground.consume(broker, ground.names.first, async () => {});
      await proxy.down();
      const from = performance.now();
      await consumer.stop(1_000);
      await broker.close();
      await ground.ground.broker(() => {}).close();
      assert.ok(performance.now() - from < 15_000);
      const [outcome] = await broker.publisher.publish([ground.message()]);
      assert.equal(outcome?.status, 'failed');
    });
  });
}

function collectIds(ground: Playground, broker: Parameters<Playground['consume']>[0]): string[] {
  const ids: string[] = [];
  ground.consume(broker, ground.names.first, async (delivery) => void ids.push(idOf(delivery)));
  return ids;
}

function idOf({ attributes }: { readonly attributes: Readonly<Record<string, string>> }): string {
  return attributes.id ?? '';
}

function numberOf({ body }: Delivery): number {
  return JSON.parse(body.toString()).number;
}

function exactlyOne<T>(items: readonly T[]): T {
  assert.equal(items.length, 1);
  return items[0] as T;
}

/** Counts how much work is going on at once. */
function counter() {
  const counts = { now: 0, most: 0, done: 0 };
  return Object.assign(counts, {
    async during(work: () => Promise<unknown>): Promise<void> {
      counts.now++;
      counts.most = Math.max(counts.most, counts.now);
      try {
        await work();
      } finally {
        counts.now--;
        counts.done++;
      }
    },
  });
}
