import type { Delivery } from '@conveyor/brokers';
import { newMessageId } from '@conveyor/brokers';
import type { Demo, Draft, Seen, Stage, StageDatabase } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import { handleOnce } from './idempotent-consumer.ts';

const orders = ['order 1', 'order 2', 'order 3'];
/** Whose first try fails when its charge has been written already. */
const unlucky = 'order 2';

const schemas = [
  new URL('schema.sql', import.meta.url),
  new URL(import.meta.resolve('@conveyor/patterns/transactional-outbox/schema.sql')),
  'create table charges (order_id text not null)',
];

interface Scene {
  readonly database: StageDatabase;
  readonly place: string;
  deliveries: number;
  duplicates: number;
  rolledBack: number;
}

export const demo: Demo = {
  title: 'messages that come twice, and a handler that fails half-way: each charge is made once',
  async run(stage) {
    const scene = await prepare(stage);
    stage.say(`Three orders are to be charged, and each message is sent twice, with the same id: as a relay does that died before
      it could write down that the first had been confirmed. Inbox row and charge are one transaction. Watch the second ones.`);
    const messages = orders.map((order) => draft(stage, scene, order));
    await stage.send([...messages, ...messages]);
    await stage.until('all were handled', () => scene.deliveries === 2 * orders.length);

    stage.say(`${unlucky} had failed at its first try, after its charge had been written. With the charge its inbox row was taken back,
      too, so the message counted as new when it came again. Had the row been kept, nobody would have charged it.`);
    return whatWasSeen(scene);
  },
};

async function prepare(stage: Stage): Promise<Scene> {
  const place = stage.name('charges');
  const database = await stage.database(schemas);
  await stage.open(onePlace(place));
  const scene: Scene = { database, place, deliveries: 0, duplicates: 0, rolledBack: 0 };
  await stage.consume({
    name: stage.name('payment'),
    channels: [place],
    concurrency: 1,
    onDelivery: handlerOf(stage, scene),
  });
  return scene;
}

function draft(stage: Stage, { place }: Scene, order: string): Draft {
  const to = addressIn(stage.broker, place, 'any');
  stage.show('sent', order, 'twice');
  return { to, type: order, subject: 'any', body: '{}', attributes: { id: newMessageId() } };
}

function handlerOf(stage: Stage, scene: Scene) {
  const once = handleOnce<{ readonly id: string; readonly order: string }>({
    consumer: 'payment',
    database: scene.database,
    handle: async (tx, { order }) => {
      await tx.query('insert into charges (order_id) values ($1)', [order]);
      if (order === unlucky && scene.rolledBack === 0) {
        scene.rolledBack += 1;
        throw new Error('half-way');
      }
      return [];
    },
    wakeRelays: () => {},
  });
  return async ({ attributes }: Delivery): Promise<void> => {
    const [id, order] = [attributes['id'] ?? '', attributes['type'] ?? ''];
    const handled = await once({ id, order }).catch(() => {
      stage.show('given-up', order, 'failed half-way: charge and inbox row are rolled back');
      return once({ id, order });
    });
    scene.deliveries += 1;
    if (handled === 'duplicate') scene.duplicates += 1;
    if (handled === 'duplicate') stage.show('held', order, 'seen before: acknowledged, and nothing else');
    else stage.show('handled', order, 'charged: inbox row and charge are committed together');
  };
}

async function whatWasSeen({ database, deliveries, duplicates, rolledBack }: Scene): Promise<Seen> {
  const { rows } = await database.query<{ charges: number; orders: number }>(
    'select count(*)::int as charges, count(distinct order_id)::int as orders from charges',
  );
  return {
    'messages delivered': deliveries,
    'of them seen before': duplicates,
    'tries rolled back': rolledBack,
    'charges made': rows[0]?.charges ?? 0,
    'orders charged': rows[0]?.orders ?? 0,
  };
}
