import { newMessageId } from '@conveyor/brokers';
import type { Demo, Seen, Stage, StageDatabase } from '@conveyor/patterns/demo';
import { handleOnce } from '@conveyor/patterns/idempotent-consumer/idempotent-consumer';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import { startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import {
  type FlowMessage,
  follow,
  isCommand,
  keptInTable,
  messageIn,
  mostAmount,
  mostOnCard,
  obey,
  rowsOf,
  smallSagaTables,
} from './small-saga.ts';

export const demo: Demo = {
  title:
    'three orders with a conductor: one is completed, one is not paid, one is refused at the last step; what was done is undone',
  async run(stage) {
    const scene = await prepare(stage);
    stage.say(
      `A conductor sends one command after the other: reserve, charge, complete. After every reply it writes down how far the
       order is, in the same transaction as the next command. Watch the first order.`,
    );
    await place(stage, scene, 'order 1', mostAmount);
    await stage.until('the first order ends', () => scene.ended.has('order 1'));

    stage.say(
      `The second order costs more than its card pays. Its stock is reserved by then: the conductor hears that the charge has
       failed, has the reservation released, and cancels the order.`,
    );
    await place(stage, scene, 'order 2', mostOnCard + 1);
    await stage.until('the second order ends', () => scene.ended.has('order 2'));

    stage.say(
      `The third order costs more than may be completed. That turns out at the last step, when its stock is reserved and its
       customer has paid. Watch how everything is undone, what was done last first.`,
    );
    await place(stage, scene, 'order 3', mostAmount + 1);
    await stage.until('the third order ends', () => scene.ended.has('order 3'));
    return whatWasSeen(scene);
  },
};

interface Scene {
  readonly flow: string;
  readonly database: StageDatabase;
  /** Id → what it is called in the demo. */
  readonly names: Map<string, string>;
  readonly ended: Map<string, string>;
  commands: number;
  others: number;
}

async function prepare(stage: Stage): Promise<Scene> {
  const flow = stage.name('flow');
  const database = await stage.database(smallSagaTables);
  const broker = await stage.open(onePlace(flow));
  const relay = startRelay({ service: 'demo', broker, connect: () => database.connect() });
  stage.after(() => relay.stop());
  const scene: Scene = { flow, database, names: new Map(), ended: new Map(), commands: 0, others: 0 };
  const once = handleOnce<FlowMessage>({
    consumer: flow,
    database,
    handle: async (tx: Tx, message) =>
      rowsOf(stage.broker, flow, await follow(tx, message, { keeping: keptInTable, obey })),
    wakeRelays: () => relay.wake(),
  });
  await stage.consume({
    name: flow,
    channels: [flow],
    concurrency: 1,
    onDelivery: async (delivery) => {
      const message = messageIn(delivery);
      if ((await once(message)) === 'handled') tell(stage, scene, message);
    },
  });
  return scene;
}

async function place(stage: Stage, { flow, names }: Scene, name: string, amount: number): Promise<void> {
  const subject = newMessageId();
  names.set(subject, name);
  const to = addressIn(stage.broker, flow, subject);
  stage.show('sent', name, `order.created, for ${amount}`);
  await stage.send([{ to, type: 'order.created', subject, body: JSON.stringify({ amount }) }]);
}

/** Told after the commit. */
function tell(stage: Stage, scene: Scene, { type, subject }: FlowMessage): void {
  const name = scene.names.get(subject) ?? '';
  if (isCommand(type)) scene.commands += 1;
  else scene.others += 1;
  stage.show('handled', name, isCommand(type) ? `${type}: obeyed` : `the conductor hears ${type}`);
  if (type === 'order.completed' || type === 'order.cancelled') scene.ended.set(name, type);
}

async function whatWasSeen({ database, ended, commands, others }: Scene): Promise<Seen> {
  const { rows } = await database.query<{ left: number }>(
    `select count(*)::int as left from books where ended = 'cancelled' and (reserved or charged > 0)`,
  );
  const endedBy = (type: string) => [...ended.values()].filter((each) => each === type).length;
  return {
    'commands obeyed': commands,
    'messages that the conductor heard': others,
    'orders completed': endedBy('order.completed'),
    'orders cancelled': endedBy('order.cancelled'),
    'cancelled orders with something left': rows[0]?.left ?? 0,
  };
}
