import { countDeadLetters, listDeadLetters } from '@conveyor/patterns/dead-letter-queue/dead-letters';
import { countLetters } from '@conveyor/patterns/dead-letter-queue/demo-scene';
import { type RedriveSurroundings, redrive } from '@conveyor/patterns/dead-letter-queue/redrive';
import type { Demo, Seen, Stage } from '@conveyor/patterns/demo';
import { startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import { type OrderDraft, version1, version2, version3, versions } from './demo-orders.ts';
import { nameOf, prepare, type Reader, type Scene, start } from './demo-scene.ts';

/** Money in the shape of version 2, and of each part of version 3. */
type Money = { readonly amount: number; readonly currency: string };

const inWords = ({ amount, currency }: Money) => `${(amount / 100).toFixed(2)} ${currency}`;

/** Upgraded as soon as there was a currency, and once more before our eyes. */
const invoices: Reader = {
  name: 'invoices',
  versions: versions.slice(0, 2),
  make: ({ total }: { readonly total: Money }) => inWords(total),
};
const invoicesOfTomorrow: Reader = {
  ...invoices,
  versions,
  make: ({ parts }: { readonly parts: readonly Money[] }) => parts.map(inWords).join(' and '),
};
/** Not upgraded since version 1: a point for each euro. */
const points: Reader = {
  name: 'points',
  versions: versions.slice(0, 1),
  make: ({ total }: { readonly total: { readonly amount: number } }) => `${total.amount / 100} points`,
};

/** So much of a body fits into a line. */
const longest = 45;

const oldTill = [version1('order-1', 1_900), version1('order-3', 500)];
const newTill = [version2('order-2', 2_500, 'EUR'), version2('order-4', 3_000, 'GBP')];
const fromTheFuture = version3('order-5', [
  { amount: 1_000, currency: 'EUR' },
  { amount: 700, currency: 'USD' },
]);
const afterwards = version1('order-6', 800);

export const demo: Demo = {
  title: 'old and new versions of one message side by side, and one from the future',
  async run(stage) {
    const scene = await prepare(stage, [invoices.name, points.name]);
    const running = await start(stage, scene, invoices);
    await start(stage, scene, points);

    stage.say(
      `Two tills send orders at the same time: one writes version 1, {"total":{"amount"}}, one has been upgraded and writes
       version 2, which also has a currency. A third one is ahead of everybody and writes version 3. Two consumers get all of
       them: invoices knows versions 1 and 2, points knows only version 1 and takes every amount for euros. So the
       upgraded till says of its orders in euros that readers of version 1 can take them, and of others not.`,
    );
    await Promise.all([oldTill, newTill, [fromTheFuture]].map((drafts) => send(stage, scene, drafts)));
    await stage.until('each consumer has handled each order or set it aside', async () => {
      const { handled } = counts(scene);
      return handled + (await countDeadLetters(scene.database, {})) === 2 * 5;
    });

    stage.say(
      `Nothing is lost: what a consumer does not understand is its own dead letter. Now invoices is stopped and started again
       with version 3, and one function that makes a version 3 of a version 2. The till that was never upgraded sends
       another order, and then the dead letter of invoices is sent once more.`,
    );
    await running.stop(1_000);
    await start(stage, scene, invoicesOfTomorrow);
    await send(stage, scene, [afterwards]);
    await sendOnceMore(stage, scene, stage.name(invoices.name));
    await stage.until('both orders are handled', () => counts(scene).handled === 7 + 3);
    return whatWasSeen(stage, scene);
  },
};

async function send(stage: Stage, { entrance }: Scene, drafts: readonly OrderDraft[]): Promise<void> {
  for (const { subject, body, attributes } of drafts) {
    const readableBy = attributes?.['readableby'];
    const declared = readableBy ? `, readable by ${readableBy}` : '';
    const start = body.length > longest ? `${body.slice(0, longest)}…` : body;
    stage.show('sent', nameOf({ subject, ...attributes }), `${start}${declared}`);
  }
  await stage.send(drafts.map((draft) => ({ ...draft, to: entrance(draft.subject) })));
}

async function sendOnceMore(stage: Stage, scene: Scene, consumer: string): Promise<void> {
  const { broker, database, backDoor } = scene;
  const relay = startRelay({ service: 'demo', broker, connect: () => database.connect() });
  stage.after(() => relay.stop());
  const surroundings: RedriveSurroundings = {
    database,
    addressOf: (_broker, name, key) => backDoor(name, key),
    // Nobody edits anything here.
    checkBody: () => ({ path: '/payload', detail: 'is not to be changed' }),
    wake: () => relay.wake(),
  };
  const [letter] = await listDeadLetters(database, { consumer }, { limit: 1 });
  if (!letter) throw new Error('There is no dead letter');
  const request = { id: letter.id, dryRun: false, who: 'you', now: new Date() };
  const redriven = await redrive(surroundings, request);
  const outcome = redriven && 'outcome' in redriven ? redriven.outcome : 'refused';
  stage.show('sent-again', nameOf(letter.attributes), `to ${invoices.name} alone: ${outcome}`);
}

function counts({ tallies }: Scene) {
  const [ofInvoices, ofPoints] = [tallies[invoices.name], tallies[points.name]];
  if (!ofInvoices || !ofPoints) throw new Error('Somebody has not been counted');
  return { ofInvoices, ofPoints, handled: ofInvoices.handled + ofPoints.handled };
}

async function whatWasSeen(stage: Stage, scene: Scene): Promise<Seen> {
  const { ofInvoices, ofPoints } = counts(scene);
  const letters = await countLetters(scene.database);
  return {
    'orders sent': [...oldTill, ...newTill, fromTheFuture, afterwards].length,
    'handled by invoices': ofInvoices.handled,
    'of them brought up from an older version': ofInvoices.older,
    'handled by points, which knows only version 1': ofPoints.handled,
    'of them of a newer version, its new field ignored': ofPoints.newer,
    'dead letters': letters.all,
    'of them sent once more after an upgrade': letters.redriven,
    'of them waiting until points is upgraded, too': await countDeadLetters(scene.database, {
      consumer: stage.name(points.name),
    }),
  };
}
