import { type Attributes, type Delivery, newMessageId } from '@conveyor/brokers';
import type { Topologies } from '@conveyor/patterns/demo';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import {
  causeCopiedAlong,
  newStoryAtEveryHop,
  newTraceAtEveryHop,
  type Own,
  questionsIdAsStorys,
} from './broken.ts';
import { nextHop, storyOf } from './story.ts';
import { newTraceparent, traceIdOf } from './trace-context.ts';

const orders = ['order 1', 'order 2', 'order 3'];
const troubled = 'order 2';
const unpayable = 'a card that cannot be read';

const tables = 'create table ends (attributes jsonb not null, failed boolean not null)';

type Follow = (cause: Delivery, own: Own) => Attributes;

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  const places = ['created', 'reserved'].map(name);
  return {
    rabbitmq: { queues: places.map((place) => workQueue(place)) },
    kafka: { topics: places.map((place) => ({ name: place, partitions: 1 })) },
  };
}

/** Two hops: what was created is reserved, what was reserved is paid or set aside. */
const hops =
  (follow: Follow): Version =>
  async (worker) => {
    const database = await worker.database();
    const { publisher } = await worker.open(topologies(worker));
    const [created, reserved] = [worker.name('created'), worker.name('reserved')];
    const take = (channel: string, onDelivery: (delivery: Delivery) => Promise<void>) =>
      worker.consume({ name: `${channel}.worker`, channels: [channel], concurrency: 1, onDelivery });
    await take(reserved, async ({ attributes, body }) => {
      const end = [JSON.stringify(attributes), body.toString() === unpayable];
      await database.query('insert into ends values ($1, $2)', end);
    });
    await take(created, async (delivery) => {
      const subject = delivery.attributes['subject'] ?? '';
      const own = { id: newMessageId(), type: 'inventory.reserved' };
      const address = addressIn(worker.broker, reserved, subject);
      const attributes = { ...delivery.attributes, ...follow(delivery, own) };
      const [outcome] = await publisher.publish([
        { address, orderingKey: subject, attributes, body: delivery.body },
      ]);
      if (outcome?.status !== 'confirmed') throw new Error('the next message was not stored');
    });
  };

type Failure = 'a hop fails' | 'comes as a question';

/** Whether the end of an order leads back to the request that began it. */
type LeadsBack = (end: Attributes, request: Attributes) => boolean;

/** Of which orders the failed end does not lead back to its request. */
const run = (failure: Failure, leadsBack: LeadsBack) => async (trial: Trial) => {
  const database = await trial.database([tables]);
  const { publisher } = await trial.open(topologies(trial));
  const requests = orders.map(request);
  await trial.start();
  const messages = requests.map((attributes) => {
    const { subject = '' } = attributes;
    const hasTrouble = trial.isBroken && subject === troubled;
    const ticket = { replyTo: trial.name('nobody'), correlationId: 'question 7' };
    return {
      address: addressIn(trial.broker, trial.name('created'), subject),
      orderingKey: subject,
      attributes,
      body: Buffer.from(hasTrouble ? unpayable : 'a card'),
      ...(hasTrouble && failure === 'comes as a question' && { reply: ticket }),
    };
  });
  const outcomes = await publisher.publish(messages);
  if (outcomes.some(({ status }) => status !== 'confirmed')) throw new Error('an order was not stored');
  const ends = async () =>
    (await database.query<{ attributes: Attributes; failed: boolean }>('select * from ends')).rows;
  await trial.until('every order has an end', async () => (await ends()).length === orders.length);
  const failed = (await ends()).flatMap((end) => (end.failed ? [end.attributes] : []));
  return requests
    .filter((each) => failed.some((end) => end['subject'] === each['subject'] && !leadsBack(end, each)))
    .map(({ subject = '' }) => subject);
};

function request(subject: string): Attributes {
  return {
    id: newMessageId(),
    correlationid: newMessageId(),
    type: 'order.created',
    source: '/proof',
    subject,
    time: new Date().toISOString(),
    traceparent: newTraceparent(),
  };
}

const right = hops(({ attributes: { id = '', correlationid = '', traceparent = '' } }, own) => ({
  ...nextHop(storyOf({ id, correlationid, traceparent })),
  ...own,
}));

const story = {
  invariant: {
    code: 'story-traceable',
    says: 'An order that was set aside leads back to the request that began it',
  },
  leadsBack: (end: Attributes, begin: Attributes) => end['correlationid'] === begin['correlationid'],
};

const trace = {
  invariant: { code: 'trace-goes-on', says: 'An order that was set aside is in the trace of its request' },
  leadsBack: (end: Attributes, begin: Attributes) =>
    traceIdOf(end['traceparent']) === traceIdOf(begin['traceparent']),
};

const cause = {
  invariant: {
    code: 'cause-named',
    says: 'An order that was set aside names the message that led to it',
  },
  leadsBack: (end: Attributes, begin: Attributes) => end['causationid'] === begin['id'],
};

const proofOf = (
  failure: string,
  kind: Failure,
  { invariant, leadsBack }: { readonly invariant: Proof['invariant']; readonly leadsBack: LeadsBack },
  bug: string,
  follow: Follow,
): Proof => ({
  failure,
  invariant,
  brokers: ['rabbitmq', 'kafka'],
  right,
  twins: { [bug]: { version: hops(follow), violates: [troubled] } },
  run: run(kind, leadsBack),
});

const lastHopFails = 'the last hop cannot handle one of three orders';

export const proofs: readonly Proof[] = [
  proofOf(lastHopFails, 'a hop fails', story, 'new correlation id per hop', newStoryAtEveryHop),
  proofOf(
    'such an order comes as a question, which has a correlation id of its own',
    'comes as a question',
    story,
    "the question's id taken for the story's",
    questionsIdAsStorys,
  ),
  proofOf(lastHopFails, 'a hop fails', trace, 'new trace at every hop', newTraceAtEveryHop),
  proofOf(lastHopFails, 'a hop fails', cause, 'the cause is copied along', causeCopiedAlong),
];
