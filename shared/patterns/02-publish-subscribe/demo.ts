import type { Delivery } from '@conveyor/brokers';
import type { Demo, Stage } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { groupPerSubscriber } from './kafka.ts';
import { fanout } from './rabbitmq.ts';

const services = ['email', 'sms', 'push'] as const;
type Service = (typeof services)[number];
/** Before the sms service is away, and while it is. */
const [first, second] = [
  ['order 1', 'order 2'],
  ['order 3', 'order 4'],
];

/** What each of them has been handed. */
type Got = Record<Service, string[]>;

export const demo: Demo = {
  title: 'every service gets every message, and one that is away holds up nobody',
  async run(stage) {
    const [exchange, queues] = [stage.name('notifications'), services.map((each) => stage.name(each))];
    const { exchange: declared, bindings } = fanout(exchange, queues);
    await stage.open({
      rabbitmq: { exchanges: [declared], queues: queues.map(workQueue), bindings },
      kafka: { topics: [{ name: exchange, partitions: 1 }] },
    });
    const got: Got = { email: [], sms: [], push: [] };
    const hasAll = (service: Service, count: number) => got[service].length >= count;
    await subscribe(stage, 'email', got);
    const sms = await subscribe(stage, 'sms', got);
    await subscribe(stage, 'push', got);

    stage.say(copied[stage.broker]);
    await publish(stage, first);
    await stage.until('all three have all', () => services.every((each) => hasAll(each, first.length)));

    await sms.stop(1_000);
    stage.say('Now the sms service is stopped, and two more orders end. Watch who notices.');
    const count = first.length + second.length;
    await publish(stage, second);
    await stage.until('the others have them', () => hasAll('email', count) && hasAll('push', count));
    const missing = count - got.sms.length;

    stage.say('The sms service is back. What was published without it has waited for it alone.');
    await subscribe(stage, 'sms', got);
    await stage.until('it has them, too', () => hasAll('sms', count));
    return {
      'messages published': count,
      'handled by email': got.email.length,
      'handled by sms': got.sms.length,
      'handled by push': got.push.length,
      'of them waited until sms was back': missing,
    };
  },
};

const copied = {
  rabbitmq: `Two orders end. The publisher sends each once, to a fanout exchange, which copies it to every queue that is bound to
    it: one for each service.`,
  kafka: `Two orders end. The publisher writes each once, to a topic. Nothing is copied: each service is a consumer group of its
    own and has its own position in the topic.`,
};

function subscribe(stage: Stage, service: Service, got: Got) {
  const name = stage.name(service);
  const [subscription] = groupPerSubscriber([name], [stage.name('notifications')]);
  return stage.consume({
    name,
    channels: stage.broker === 'kafka' ? (subscription?.topics ?? []) : [name],
    concurrency: 1,
    onDelivery: async ({ attributes }: Delivery) => {
      const order = attributes['type'] ?? '';
      got[service].push(order);
      stage.show('handled', order, `by ${service}`);
    },
  });
}

async function publish(stage: Stage, orders: readonly string[]): Promise<void> {
  const to = { channel: stage.name('notifications'), key: 'any' };
  for (const order of orders) stage.show('sent', order, 'once');
  await stage.send(orders.map((order) => ({ to, type: order, subject: order, body: '{}' })));
}
