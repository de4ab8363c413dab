import type { Delivery } from '@conveyor/brokers';
import type { Demo, Seen, Stage } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { eventTopic } from '@conveyor/patterns/routing/kafka';
import { bindAll, topicExchange } from '@conveyor/patterns/routing/rabbitmq';
import { type ChoreographyStep, choreography, endings, requests } from './choreography.ts';
import { type Happening, type Progress, progress } from './progress.ts';

const services = ['inventory', 'payment', 'order'] as const;
/** Hears everything and does nothing: without it nobody could say how far an order is. */
const recorder = 'recorder';
const declined = 'order 2';
const orders = ['order 1', declined] as const;

export const demo: Demo = {
  title: 'two orders that nobody conducts: one is completed, of the other the charge is declined',
  async run(stage) {
    const scene = await prepare(stage);
    stage.say(
      `Three services, each of which knows only what it hears and what it says then. Two orders are created; the charge of
       the second will be declined. Watch how each service undoes its own part, and that nobody tells it to.`,
    );
    for (const order of orders) await say(stage, scene, order, ['order.created']);
    await stage.until('both orders have come to their end', () =>
      orders.every((order) => whereIs(scene, order).state === 'done'),
    );
    await stage.until('the recorder has heard all', () => scene.recorded >= scene.said);

    stage.say(
      'Nobody conducted, so nobody knows where an order is. It is read from what was heard and said:',
    );
    stage.list(
      Object.fromEntries(
        orders.map((order) => [
          order,
          `${whereIs(scene, order).state}: ${whereIs(scene, order).done.join(', ')}`,
        ]),
      ),
    );
    return whatWasSeen(scene);
  },
};

interface Scene {
  readonly events: string;
  /** Of each order: what its services have handled, and what has been published. */
  readonly happenings: Map<string, Happening[]>;
  said: number;
  recorded: number;
  parts: number;
}

async function prepare(stage: Stage): Promise<Scene> {
  const events = stage.name('events');
  const hearers = [...services, recorder];
  await stage.open({
    rabbitmq: {
      exchanges: [topicExchange(events)],
      queues: hearers.map((name) => workQueue(stage.name(name))),
      bindings: hearers.flatMap((name) => bindAll(events, stage.name(name), keysOf(name))),
    },
    kafka: { topics: [eventTopic(events, 1)] },
  });
  const happenings = new Map<string, Happening[]>(orders.map((order) => [order, []]));
  const scene: Scene = { events, happenings, said: 0, recorded: 0, parts: 0 };
  const join = (name: string) =>
    stage.consume({
      name: stage.name(name),
      channels: [stage.broker === 'kafka' ? events : stage.name(name)],
      concurrency: 1,
      onDelivery: (delivery) =>
        name === recorder ? record(scene, delivery) : takePart(stage, scene, name, delivery),
    });
  await Promise.all(hearers.map(join));
  return scene;
}

/** RabbitMQ picks out what a service has a part in; on Kafka it gets everything, and passes over the rest. */
function keysOf(name: string): readonly string[] {
  if (name === recorder) return ['#'];
  return [...new Set(choreography.filter(({ service }) => service === name).map(({ when }) => when))];
}

async function record(scene: Scene, { attributes }: Delivery): Promise<void> {
  const { id = '', type = '', subject = '' } = attributes;
  scene.happenings.get(subject)?.push({ kind: 'published', service: '', type, messageId: id });
  scene.recorded += 1;
}

async function takePart(
  stage: Stage,
  scene: Scene,
  service: string,
  { attributes }: Delivery,
): Promise<void> {
  const { id = '', type = '', subject = '' } = attributes;
  const steps = choreography.filter((step) => step.service === service && step.when === type && !step.late);
  for (const step of steps) {
    const says = whatFollows(scene, step, subject);
    stage.show('handled', subject, `${service} hears ${type}: ${says.join(', ') || 'nothing left to say'}`);
    await say(stage, scene, subject, says);
    const detail = says.length > 0 ? { detail: says.join(', ') } : {};
    scene.happenings.get(subject)?.push({ kind: 'handled', service, type, messageId: id, ...detail });
    scene.parts += 1;
  }
}

/** What a service says depends on what it finds: a charge that is declined, a reservation that is released already. */
function whatFollows(scene: Scene, { step, says }: ChoreographyStep, order: string): readonly string[] {
  const [allWell, otherwise] = says;
  if (step === 'charge' && order === declined) return otherwise ? [otherwise] : [];
  if (step === 'complete') return says;
  // Nothing was charged in this demo where an order was cancelled.
  if (step === 'check for refund') return [];
  const isReleased = scene.happenings.get(order)?.some(({ detail }) => detail === 'inventory.released');
  if (step === 'release' && isReleased) return [];
  return allWell ? [allWell] : [];
}

async function say(stage: Stage, scene: Scene, order: string, types: readonly string[]): Promise<void> {
  const drafts = types.map((type) => ({
    to: { channel: scene.events, key: stage.broker === 'kafka' ? order : type },
    type,
    subject: order,
    body: '{}',
  }));
  scene.said += types.length;
  await stage.send(drafts);
}

function whereIs({ happenings }: Scene, order: string): Progress {
  return progress({ requests, steps: choreography, endings }, happenings.get(order) ?? []);
}

function whatWasSeen({ happenings, recorded, parts }: Scene): Seen {
  const ended = (type: string) =>
    [...happenings.values()].filter((all) =>
      all.some((each) => each.kind === 'published' && each.type === type),
    ).length;
  return {
    'events published': recorded,
    'parts taken by the services': parts,
    'orders completed': ended('order.completed'),
    'orders cancelled': ended('order.cancelled'),
  };
}
