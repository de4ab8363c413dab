import { type Delivery, newMessageId } from '@conveyor/brokers';
import type { Demo, Seen, Stage, StageDatabase } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { bindAll, topicExchange } from '@conveyor/patterns/routing/rabbitmq';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import { type Relay, startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import { eventId } from './event-id.ts';
import { appendToStream, readStream, type StoredEvent, VersionConflict } from './event-store.ts';
import { eventLog } from './kafka.ts';
import { replay } from './replay.ts';
import { keepSnapshot, readTail } from './snapshots.ts';

export const demo: Demo = {
  title: 'an order that is nothing but its events: two writers, a newcomer, a snapshot',
  async run(stage) {
    const scene = await prepare(stage);
    stage.say(
      `An order is kept as what happened to it. Each event is appended to its stream in PostgreSQL by somebody who says at
       which version he believes the stream to be, and in the same transaction a message is written that tells of it.`,
    );
    for (const type of ['created', 'reserved', 'paid']) await append(stage, scene, scene.told, type);

    stage.say(
      `Now two want to go on from version 3 at the same moment: one completes the order, the other cancels it. Kafka and
       RabbitMQ would take both. Watch the event store.`,
    );
    await Promise.all(['completed', 'cancelled'].map((type) => append(stage, scene, 3, type)));
    await stage.until('everything has been told', () => scene.heard.length >= scene.told);

    stage.say(newcomer[stage.broker]);
    const again = await readAgain(stage, scene);
    await rebuild(stage, scene, again);

    stage.say(
      'A snapshot is kept of what the order is now. One more event comes. Watch how much must be read.',
    );
    const tail = await readWithSnapshot(stage, scene);
    return whatWasSeen(scene, again, tail);
  },
};

const newcomer = {
  rabbitmq: `A new service comes along, which was not there when all this happened. A queue keeps nothing that has been
    acknowledged, so it gets nothing; what the order is, it can only be told by the event store.`,
  kafka: `A new service comes along, which was not there when all this happened. Kafka's log keeps everything, so it reads
    from the first message on, and folds the order from that alone.`,
};

interface Scene {
  readonly orderId: string;
  readonly database: StageDatabase;
  readonly relay: Relay;
  /** The log on Kafka; on RabbitMQ the queue of whoever listens, and the exchange before it. */
  readonly place: string;
  /** How many events have been appended and told of. */
  told: number;
  conflicts: number;
  readonly heard: Delivery[];
}

const schemas = ['event-sourcing', 'transactional-outbox'].map(
  (chapter) => new URL(import.meta.resolve(`@conveyor/patterns/${chapter}/schema.sql`)),
);

async function prepare(stage: Stage): Promise<Scene> {
  const place = stage.name('events');
  const database = await stage.database(schemas);
  const broker = await stage.open({
    rabbitmq: {
      exchanges: [topicExchange(place)],
      queues: [workQueue(place)],
      bindings: bindAll(place, place, ['#']),
    },
    kafka: { topics: [eventLog(place, 1)] },
  });
  const relay = startRelay({ service: 'demo', broker, connect: () => database.connect() });
  stage.after(() => relay.stop());
  const scene: Scene = {
    orderId: newMessageId(),
    database,
    relay,
    place,
    told: 0,
    conflicts: 0,
    heard: [],
  };
  const listener = await listen(stage, scene, 'listener', scene.heard);
  stage.after(() => listener.stop(0));
  return scene;
}

function listen(stage: Stage, { place }: Scene, name: string, heard: Delivery[]) {
  return stage.consume({
    name: stage.name(name),
    channels: [place],
    concurrency: 1,
    onDelivery: async (delivery) => void heard.push(delivery),
  });
}

/** Decides again when somebody else was first: nothing may happen to an order that has come to its end. */
async function append(stage: Stage, scene: Scene, version: number, type: string): Promise<void> {
  const { database, orderId, relay } = scene;
  try {
    await appendAt(stage, scene, version, type);
    relay.wake();
  } catch (error) {
    if (!(error instanceof VersionConflict)) throw error;
    scene.conflicts += 1;
    const { events } = await readStream(database, orderId);
    const last = events.at(-1)?.type;
    stage.show('given-up', type, `refused: the stream is at version ${error.actual}, not ${version}`);
    stage.show('held', type, `read again: it is ${last} already, nothing to do`);
  }
}

async function appendAt(stage: Stage, scene: Scene, version: number, type: string): Promise<void> {
  const { database, orderId, place } = scene;
  await database.transaction(async (tx) => {
    const newVersion = await appendToStream(tx, orderId, version, [{ type, data: { type } }]);
    const message = {
      address: { channel: place, key: stage.broker === 'kafka' ? orderId : type },
      orderingKey: orderId,
      attributes: { id: eventId('order', orderId, newVersion), type, subject: orderId },
      body: Buffer.from(JSON.stringify({ version: newVersion, type })),
    };
    await appendToOutbox(tx, [{ broker: stage.broker, message }]);
  });
  scene.told += 1;
  stage.show('sent', type, `stored as version ${version + 1}, and told`);
}

async function readAgain(stage: Stage, scene: Scene): Promise<readonly Recorded[]> {
  const heard: Delivery[] = [];
  const reader = await listen(stage, scene, 'newcomer', heard);
  if (stage.broker === 'kafka') await stage.until('all is read again', () => heard.length >= scene.told);
  await reader.stop(1_000);
  return heard.map(({ body }) => JSON.parse(body.toString()) as Recorded);
}

interface Recorded {
  readonly version: number;
  readonly type: string;
}

async function rebuild(
  stage: Stage,
  { database, orderId }: Scene,
  again: readonly Recorded[],
): Promise<void> {
  const { events } = await readStream(database, orderId);
  for (const { version, type } of again.length > 0 ? again : events) {
    stage.show(
      'handled',
      type,
      `version ${version}, from ${again.length > 0 ? 'the log' : 'the event store'}`,
    );
  }
}

const fold = (_: string, { type }: Recorded) => type;

/** How many events had to be read. */
async function readWithSnapshot(stage: Stage, { database, orderId }: Scene): Promise<number> {
  const { events, version } = await readStream(database, orderId);
  const { state } = replay({ state: 'nothing', version: 0 }, events, fold);
  const takenAt = new Date();
  await database.transaction(async (tx) => {
    await keepSnapshot(tx, orderId, { version, schemaVersion: 1, state: { state }, takenAt, closed: false });
    await appendToStream(tx, orderId, version, [{ type: 'archived', data: {} }]);
  });
  const { snapshot, events: tail } = await readTail(database, orderId, 1);
  stage.show('handled', 'snapshot', `${state} at version ${snapshot?.version}`);
  for (const event of tail) stage.show('handled', event.type, told(event));
  return tail.length;
}

function told({ version }: StoredEvent): string {
  return `version ${version}, after the snapshot`;
}

function whatWasSeen({ told: stored, conflicts }: Scene, again: readonly Recorded[], tail: number): Seen {
  return {
    'events stored and told': stored,
    'writers refused, since another was first': conflicts,
    'events that a newcomer gets from the broker': again.length,
    'events read without the snapshot': stored + 1,
    'events read with it': tail,
  };
}
