import type { Delivery } from '@conveyor/brokers';
import type { Demo, Seen, Stage, StageDatabase } from '@conveyor/patterns/demo';
import { eventLog } from '@conveyor/patterns/event-sourcing/kafka';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { batchProjection } from './batch-projection.ts';
import type { OrderEvent } from './broken.ts';
import { documentsIn, documentTable, type OrderDocument } from './document-table.ts';

export const demo: Demo = {
  title: 'events become documents: one that comes again, one that is missing',
  async run(stage) {
    const scene = await prepare(stage);
    stage.say(
      'Events of two orders are sent. Each is folded into the document of its order, which is what searches see.',
    );
    await tell(stage, scene, [
      event('order 1', 1, 'created'),
      event('order 2', 1, 'created'),
      event('order 1', 2, 'paid'),
    ]);
    stage.say(
      'The first event comes again, as it may; and of order 2 the fourth comes, though the second never did.',
    );
    await tell(stage, scene, [event('order 1', 1, 'created'), event('order 2', 4, 'completed')]);
    return whatWasSeen(stage, scene);
  },
};

interface Scene {
  readonly place: string;
  readonly database: StageDatabase;
  sent: number;
  readonly tally: { written: number; again: number; gaps: number };
}

const event = (streamId: string, version: number, status: string): OrderEvent => ({
  streamId,
  version,
  status,
});

async function prepare(stage: Stage): Promise<Scene> {
  const place = stage.name('events');
  const database = await stage.database([documentTable]);
  await stage.open({
    rabbitmq: { queues: [workQueue(place)] },
    kafka: { topics: [eventLog(place, 1)] },
  });
  const scene: Scene = { place, database, sent: 0, tally: { written: 0, again: 0, gaps: 0 } };
  await stage.consume({
    name: stage.name('projection'),
    channels: [place],
    concurrency: 1,
    onDelivery: projectingIn(stage, scene),
  });
  return scene;
}

function projectingIn(stage: Stage, { database, tally }: Scene) {
  const documents = documentsIn(database);
  let isWritten = false;
  const watched = {
    ...documents,
    async write(changed: ReadonlyMap<string, OrderDocument>) {
      await documents.write(changed);
      isWritten = true;
    },
  };
  const project = batchProjection(
    watched,
    (_: OrderDocument | undefined, { version, status }: OrderEvent) => ({
      version,
      status,
    }),
  );
  return async ({ body }: Delivery): Promise<void> => {
    const received: OrderEvent = JSON.parse(body.toString());
    isWritten = false;
    const { gaps } = await project([received]);
    if (gaps.length > 0) {
      tally.gaps += 1;
      stage.show('given-up', nameOf(received), 'one before it is missing: the document stays as it is');
    } else if (isWritten) {
      tally.written += 1;
      stage.show('handled', nameOf(received), `the document of ${received.streamId} is written`);
    } else {
      tally.again += 1;
      stage.show('handled', nameOf(received), 'is in the document already: passed over');
    }
  };
}

async function tell(stage: Stage, scene: Scene, events: readonly OrderEvent[]): Promise<void> {
  const { place, tally } = scene;
  for (const each of events) {
    const to = addressIn(stage.broker, place, each.streamId);
    stage.show('sent', nameOf(each), `version ${each.version}`);
    await stage.send([{ to, type: each.status, subject: each.streamId, body: JSON.stringify(each) }]);
    scene.sent += 1;
  }
  const handled = () => tally.written + tally.again + tally.gaps;
  await stage.until('all are projected', () => handled() >= scene.sent);
}

function nameOf({ streamId, status }: OrderEvent): string {
  return `${status} of ${streamId}`;
}

async function whatWasSeen(stage: Stage, { database, sent, tally }: Scene): Promise<Seen> {
  const { rows } = await database.query<OrderDocument & { readonly order_id: string }>(
    'select * from documents order by order_id',
  );
  stage.list(
    Object.fromEntries(
      rows.map(({ order_id, version, status }) => [order_id, `${status}, version ${version}`]),
    ),
  );
  return {
    'events sent': sent,
    'of them written into a document': tally.written,
    'of them passed over, since they were in it': tally.again,
    'of them stopped at a gap': tally.gaps,
    documents: rows.length,
  };
}
