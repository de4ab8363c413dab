import { type BrokerName, newMessageId } from '@conveyor/brokers';
import type { Demo, Draft, Seen, Stage } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { constantKey } from './broken.ts';
import { eventTopic } from './kafka.ts';
import { bindAll, matchesPattern, topicExchange } from './rabbitmq.ts';

const patterns = ['order.*', 'order.created', '*.created', '#'] as const;
const keys = ['order.created', 'order.paid', 'product.created', 'order.item.created'] as const;
const orders = Array.from({ length: 8 }, (_, n) => `order-${n + 1}`);

export const demo: Demo = {
  title: 'who gets which event: by patterns on RabbitMQ, by keys on Kafka; and what nobody gets',
  run: (stage) => scenes[stage.broker](stage),
};

const scenes: Readonly<Record<BrokerName, (stage: Stage) => Promise<Seen>>> = {
  rabbitmq: routeByPattern,
  kafka: routeByKey,
};

async function routeByPattern(stage: Stage): Promise<Seen> {
  const [events, commands] = [stage.name('events'), stage.name('commands')];
  const queueOf = (pattern: string) => stage.name(`takes ${pattern}`);
  const { publisher } = await stage.open({
    rabbitmq: {
      exchanges: [topicExchange(events), topicExchange(commands)],
      queues: patterns.map((pattern) => workQueue(queueOf(pattern))),
      bindings: patterns.flatMap((pattern) => bindAll(events, queueOf(pattern), [pattern])),
    },
    kafka: { topics: [] },
  });
  const got = new Map<string, number>(patterns.map((pattern) => [pattern, 0]));
  for (const pattern of patterns) {
    await stage.consume({
      name: queueOf(pattern),
      channels: [queueOf(pattern)],
      concurrency: 1,
      onDelivery: async ({ attributes }) => {
        got.set(pattern, (got.get(pattern) ?? 0) + 1);
        stage.show('handled', pattern, `gets ${attributes['type']}`);
      },
    });
  }
  stage.say('Four queues are bound to one exchange, each by another pattern. Watch who gets which event.');
  await stage.send(
    keys.map((key) => ({ to: { channel: events, key }, type: key, subject: 'any', body: '{}' })),
  );
  const expected = patterns.flatMap((pattern) => keys.filter((key) => matchesPattern(pattern, key))).length;
  const arrived = () => [...got.values()].reduce((sum, count) => sum + count, 0);
  await stage.until('all have arrived', () => arrived() >= expected);

  stage.say(
    'Now a message for which no queue is bound. RabbitMQ confirms it; only since it is sent `mandatory` it comes back.',
  );
  const attributes = { id: newMessageId(), type: 'order.lost', source: '/demo', subject: 'any' };
  const address = { channel: commands, key: 'order.lost' };
  const outcomes = await publisher.publish([
    { address, orderingKey: 'any', attributes, body: Buffer.from('{}') },
  ]);
  for (const { status } of outcomes) stage.show('given-up', 'order.lost', status);
  return {
    'events sent': keys.length,
    ...Object.fromEntries([...got].map(([pattern, count]) => [`events for ${pattern}`, count])),
    'messages that came back as unroutable': outcomes.filter(({ status }) => status === 'unroutable').length,
  };
}

async function routeByKey(stage: Stage): Promise<Seen> {
  const [byOrder, hot] = [stage.name('by-order'), stage.name('hot')];
  const topics = [byOrder, hot].map((name) => eventTopic(name, 4));
  await stage.open({ rabbitmq: {}, kafka: { topics } });
  const eventsOf = (channel: string, keyOf: (order: string) => string): readonly Draft[] =>
    ['created', 'paid'].flatMap((type) =>
      orders.map((order) => ({ to: { channel, key: keyOf(order) }, type, subject: order, body: '{}' })),
    );
  const events = [...eventsOf(byOrder, (order) => order), ...eventsOf(hot, constantKey)];
  stage.say(`Two events of each of ${orders.length} orders go to two topics of four partitions: in one the key is the
    order, in the other it is always the same. Both are written before anybody reads.`);
  await stage.send(events);

  const used = new Map<string, Set<string>>([byOrder, hot].map((topic) => [topic, new Set()]));
  const paid = new Set<string>();
  let [read, early] = [0, 0];
  stage.say('A group that has never read begins at the first event. Watch the partitions.');
  await stage.consume({
    name: stage.name('audit'),
    channels: [byOrder, hot],
    concurrency: 10,
    onDelivery: async ({ attributes, origin: { channel, position = '' } }) => {
      const [partition = ''] = position.split(':');
      const { type, subject = '' } = attributes;
      read += 1;
      used.get(channel)?.add(partition);
      if (type === 'paid') paid.add(`${channel} ${subject}`);
      else if (paid.has(`${channel} ${subject}`)) early += 1;
      stage.show(
        'handled',
        subject,
        `${type}, partition ${partition} of ${channel === hot ? 'hot' : 'by-order'}`,
      );
    },
  });
  await stage.until('all have been read', () => read >= events.length);
  return {
    'events sent': events.length,
    'events read by a group that came later': read,
    'orders paid before they were created': early,
    'partitions in use, the order is the key': used.get(byOrder)?.size ?? 0,
    'partitions in use, the key is constant': used.get(hot)?.size ?? 0,
  };
}
