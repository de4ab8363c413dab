import { newMessageId } from '@conveyor/brokers';
import type { Demo, Seen, Stage, StageDatabase } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import { appendToOutbox } from './outbox.ts';
import { type Relay, startRelay } from './relay.ts';

const schemas = [new URL('schema.sql', import.meta.url), 'create table orders (id text not null)'];

interface Scene {
  readonly database: StageDatabase;
  readonly place: string;
  readonly startRelay: () => Relay;
  readonly heard: string[];
  rolledBack: number;
  waitedAtMost: number;
}

export const demo: Demo = {
  title: 'an order and the message about it: both are there, or neither, whoever dies in between',
  async run(stage) {
    const scene = await prepare(stage);
    stage.say(`An order is stored, and in the same transaction a row that holds the message about it. No relay runs yet, as if its
      process had died. Watch the rows wait, and one order being given up half-way.`);
    for (const order of ['order 1', 'order 2', 'order 3']) await place(stage, scene, order);
    await placeAndFail(stage, scene, 'order 4');
    await countWaiting(scene);

    stage.say(`Now a relay starts. It sends what it finds, in its order, and deletes each row once the broker has confirmed it.
      Of order 4 there is nothing to send: with the order its row was rolled back.`);
    const relay = scene.startRelay();
    stage.after(() => relay.stop());
    await stage.until('the three have been heard of', () => scene.heard.length >= 3);
    await place(stage, scene, 'order 5');
    relay.wake();
    await stage.until('the last one has been heard of', () => scene.heard.includes('order 5'));
    await stage.until('no row is left', async () => (await waiting(scene.database)) === 0);
    return whatWasSeen(scene);
  },
};

async function prepare(stage: Stage): Promise<Scene> {
  const name = stage.name('told');
  const database = await stage.database(schemas);
  const broker = await stage.open(onePlace(name));
  const heard: string[] = [];
  await stage.consume({
    name: stage.name('listener'),
    channels: [name],
    concurrency: 1,
    onDelivery: async ({ attributes }) => {
      heard.push(attributes['subject'] ?? '');
      stage.show('handled', attributes['subject'] ?? '', 'heard of');
    },
  });
  return {
    database,
    place: name,
    startRelay: () => startRelay({ service: 'demo', broker, connect: () => database.connect() }),
    heard,
    rolledBack: 0,
    waitedAtMost: 0,
  };
}

async function place(stage: Stage, scene: Scene, order: string, fail = false): Promise<void> {
  const { database, place: channel } = scene;
  const address = addressIn(stage.broker, channel, 'any');
  await database.transaction(async (tx) => {
    await tx.query('insert into orders (id) values ($1)', [order]);
    const attributes = { id: newMessageId(), type: 'order.created', subject: order };
    const message = { address, orderingKey: 'any', attributes, body: Buffer.from('{}') };
    await appendToOutbox(tx, [{ broker: stage.broker, message }]);
    if (fail) throw new Error('half-way');
  });
  stage.show('waits', order, 'stored, and its message in the outbox: one commit');
}

async function placeAndFail(stage: Stage, scene: Scene, order: string): Promise<void> {
  await place(stage, scene, order, true).catch(() => {
    scene.rolledBack += 1;
    stage.show('given-up', order, 'failed half-way: neither order nor message is there');
  });
}

async function countWaiting(scene: Scene): Promise<void> {
  scene.waitedAtMost = await waiting(scene.database);
}

async function waiting(database: StageDatabase): Promise<number> {
  const { rows } = await database.query<{ count: number }>('select count(*)::int as count from outbox');
  return rows[0]?.count ?? 0;
}

async function whatWasSeen({ database, heard, rolledBack, waitedAtMost }: Scene): Promise<Seen> {
  const { rows } = await database.query<{ id: string }>('select id from orders');
  return {
    'orders stored': rows.length,
    'orders rolled back': rolledBack,
    'messages that waited while there was no relay': waitedAtMost,
    'orders heard of': new Set(heard).size,
    'stored, and not heard of': rows.filter(({ id }) => !heard.includes(id)).length,
    'rows left in the outbox': await waiting(database),
  };
}
