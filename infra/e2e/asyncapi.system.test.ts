import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AsyncAPIDocumentInterface, type ChannelInterface, Parser } from '@asyncapi/parser';
import { eventually } from '@conveyor/testing/eventually';
import { Compile } from 'typebox/compile';
import { combinations } from './combinations.ts';
import { newProduct } from './new-product.ts';
import { running } from './running-system.ts';
import { kafkaByHand, rabbitByHand, type Travelling } from './travelling.ts';

const patient = { timeoutMs: 60_000 };

/**
 * What an order leads to only by a race; what nobody can listen to, as questions go to a queue and answers to that of the
 * asker; and snapshots, which are on Kafka only.
 */
const unseen: Readonly<Record<string, readonly string[]>> = {
  kafka: ['order.completion-refused'],
  rabbitmq: ['order.completion-refused', 'inventory.quote', 'inventory.quoted', 'order.snapshot'],
};

interface AmqpBinding {
  readonly is: 'queue' | 'routingKey';
  readonly exchange?: { readonly name: string };
  readonly queue?: { readonly name?: string };
}

const amqpOf = (channel: ChannelInterface) => channel.bindings().get('amqp')?.value<AmqpBinding>();

/** Whether a message that was found at `place` was found in this channel. */
function isIn(channel: ChannelInterface, place: Travelling['place']): boolean {
  const amqp = amqpOf(channel);
  if ('topic' in place) return !amqp && channel.address() === place.topic;
  if ('queue' in place) return amqp?.is === 'queue' && amqp.queue?.name === place.queue;
  return amqp?.exchange?.name === place.exchange && channel.address() === place.key;
}

/** Tells of a message by which of its channel's descriptions it is described: by exactly one, if the document is right. */
function describer(document: AsyncAPIDocumentInterface) {
  const channels = document.channels().map((channel) => ({
    channel,
    messages: channel.messages().map((message) => ({
      id: message.id(),
      contentType: message.contentType(),
      headers: Compile((message.headers()?.json() ?? {}) as object),
      payload: Compile((message.payload()?.json() ?? {}) as object),
    })),
  }));
  return ({ place, contentType, headers, body }: Travelling): readonly string[] =>
    channels
      .filter(({ channel }) => isIn(channel, place))
      .flatMap(({ messages }) => messages)
      .filter((message) => message.contentType === contentType && message.headers.Check(headers))
      .filter((message) => message.payload.Check(JSON.parse(body)))
      .map(({ id }) => id);
}

// The AsyncAPI document, held against what is on the brokers.
describe('/asyncapi.json', () => {
  let document: AsyncAPIDocumentInterface;
  let kafka: Awaited<ReturnType<typeof kafkaByHand>>;

  before(async () => {
    const { status, body } = await running().call<object>('GET', '/asyncapi.json');
    strictEqual(status, 200);
    const parsed = await new Parser().parse(JSON.stringify(body));
    ok(parsed.document, JSON.stringify(parsed.diagnostics));
    document = parsed.document;
    kafka = await kafkaByHand(running().stack);
  });
  after(() => kafka?.close());

  const channelsOf = (is: (amqp: AmqpBinding | undefined) => boolean) =>
    document.channels().filter((channel) => is(amqpOf(channel)));

  test('describes every exchange, queue and topic that there is, and none that there is not', async () => {
    const rabbit = rabbitByHand(running().stack);
    const queues = await rabbit.durable('queues');
    const exchanges = (await rabbit.durable('exchanges')).filter((name) => name && !name.startsWith('amq.'));
    const described = (names: readonly (string | undefined | null)[]) =>
      [...new Set(names.filter((name) => typeof name === 'string'))].sort();
    deepStrictEqual(
      described(channelsOf((amqp) => amqp?.is === 'queue').map((channel) => amqpOf(channel)?.queue?.name)),
      queues.sort(),
    );
    const used = channelsOf((amqp) => amqp?.is === 'routingKey');
    deepStrictEqual(
      described([...used.map((channel) => amqpOf(channel)?.exchange?.name), 'dead-letters']),
      exchanges.sort(),
    );
    const topics = channelsOf((amqp) => !amqp).map((channel) => channel.address());
    deepStrictEqual(described(topics), (await kafka.topics()).sort());
  });

  test('describes what really flows: channel, headers and body of every message', {
    timeout: 300_000,
  }, async () => {
    const rabbit = rabbitByHand(running().stack);
    const sent = channelsOf((amqp) => amqp?.is === 'routingKey').map((channel) => ({
      exchange: amqpOf(channel)?.exchange?.name ?? '',
      key: channel.address() ?? '',
    }));
    const tap = await rabbit.tap(sent);
    try {
      await everyKindOfOrder();
      const waiting = channelsOf((amqp) => amqp?.queue?.name?.includes('.delay.') ?? false);
      const topics = channelsOf((amqp) => !amqp).map((channel) => channel.address() ?? '');
      const describedBy = describer(document);
      const seen = { rabbitmq: new Set<string>(), kafka: new Set<string>() };
      const expected = (broker: keyof typeof seen) =>
        [
          ...new Set(
            document
              .components()
              .messages()
              .map((message) => message.name() ?? ''),
          ),
        ]
          .filter((type) => !unseen[broker]?.includes(type))
          .sort();
      const undescribed: string[] = [];
      let count = 0;

      function look(broker: keyof typeof seen, messages: readonly Travelling[]): void {
        for (const message of messages) {
          const type = String(message.headers[`${broker === 'kafka' ? 'ce_' : 'cloudEvents:'}type`]);
          const found = describedBy(message);
          count += 1;
          seen[broker].add(type);
          if (found.length !== 1) {
            undescribed.push(`${JSON.stringify(message.place)} ${type} is described by [${found}]`);
          }
        }
      }
      // Mails, SMS and the flight recorder come some time after an order has ended.
      await eventually(async () => {
        look('rabbitmq', await tap.take());
        for (const channel of waiting)
          look('rabbitmq', await rabbit.look(amqpOf(channel)?.queue?.name ?? ''));
        const missing = expected('rabbitmq').filter((type) => !seen.rabbitmq.has(type));
        deepStrictEqual(missing, []);
      }, patient);
      await eventually(async () => {
        look('kafka', await kafka.read(topics));
        deepStrictEqual(
          expected('kafka').filter((type) => !seen.kafka.has(type)),
          [],
        );
      }, patient);
      deepStrictEqual([...new Set(undescribed)], []);
      ok(count > 200, `only ${count} messages were seen`);
    } finally {
      await tap.remove();
    }
  });

  test('a message that is nowhere described would be found', () => {
    const describedBy = describer(document);
    const stranger = {
      contentType: 'application/json',
      headers: { ce_type: 'order.exploded' },
      body: '{}',
    };
    deepStrictEqual(describedBy({ place: { topic: 'order-events' }, ...stranger }), []);
    deepStrictEqual(describedBy({ place: { topic: 'nowhere' }, ...stranger }), []);
  });
});

/** In all four combinations: completed, declined, out of stock, and cancelled by the customer while it is charged. */
async function everyKindOfOrder(): Promise<void> {
  const sku = await newProduct(running(), { price: { amount: 500, currency: 'GBP' }, onHand: 100 });
  const place = async (order: object) =>
    (await running().place({ customerId: 'ada', ...order })).body.orderId;
  const one = [{ sku, quantity: 1 }];
  const orders = combinations.flatMap((combination) => [
    place({ ...combination, items: one, priority: 'express' }),
    place({ ...combination, items: [{ sku: 'mug', quantity: 1 }], priority: 'low' }),
    place({ ...combination, items: one, paymentToken: 'tok_declined' }),
    place({ ...combination, items: [{ sku, quantity: 200 }] }),
    cancelled(() => place({ ...combination, items: one, paymentToken: 'tok_slow' })),
  ]);
  for (const orderId of await Promise.all(orders)) await running().final(orderId, patient.timeoutMs);
}

/** A slow charge lasts two seconds: on a slow machine an order may be completed before anybody has seen it reserved. Then another one is placed. */
async function cancelled(place: () => Promise<string>): Promise<string> {
  for (;;) {
    const orderId = await place();
    await eventually(async () => notStrictEqual((await running().order(orderId)).status, 'pending'));
    const { status } = await running().call('POST', `/api/orders/${orderId}/cancel`);
    if (status === 202) return orderId;
    strictEqual(status, 409);
  }
}
