import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { BrokerName, OutgoingMessage } from '@conveyor/brokers';
import { eventually } from '@conveyor/testing/eventually';
import { brokers } from './combinations.ts';
import { fullSize } from './full-size.ts';
import { promisedMs, tellLateness } from './lateness.ts';
import { startTroubles, type Trouble, type Troubles } from './troubled-worker.ts';

const retryDelaysMs = fullSize ? [1_000, 5_000, 30_000] : [200, 500, 1_000];
const tries = retryDelaysMs.length + 1;
const patient = { timeoutMs: 540_000 };
const slow = { timeout: 600_000 };

let troubles: Troubles;

before(async () => {
  troubles = await startTroubles('failures', retryDelaysMs);
}, slow);
after(() => troubles?.stop());

const idOf = (message: OutgoingMessage) => message.attributes['id'] ?? '';
const worth = (broker: BrokerName, count: number, trouble: Trouble = 'works') =>
  Array.from({ length: count }, () => troubles.message(broker, trouble));

interface Letter {
  readonly message_id: string;
  readonly reason: string;
  readonly error: string;
  readonly attempts: number;
}

async function lettersOf(ids: readonly string[]): Promise<readonly Letter[]> {
  const { rows } = await troubles.database.query<Letter>(
    'select message_id, reason, error, attempts from dead_letters where message_id = any($1)',
    [ids],
  );
  return rows;
}

/** Id → how often it was handled. */
async function handledOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await troubles.database.query<{ message_id: string; times: number }>(
    'select message_id, count(*)::int as times from handled where message_id = any($1) group by message_id',
    [ids],
  );
  return new Map(rows.map(({ message_id, times }) => [message_id, times]));
}

/** Id → when it was tried, in milliseconds since 1970. */
async function triesOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const { rows } = await troubles.database.query<{ message_id: string; at: Date }>(
    'select message_id, at from tries where message_id = any($1) order by at',
    [ids],
  );
  const byId = Map.groupBy(rows, ({ message_id }) => message_id);
  return new Map([...byId].map(([id, all]) => [id, all.map(({ at }) => at.getTime())]));
}

async function untilHandled(ids: readonly string[]): Promise<void> {
  await eventually(async () => strictEqual((await handledOf(ids)).size, ids.length), patient);
}

/** Each kind of poison, with the reason and number of tries of its dead letter. */
function poison(broker: BrokerName) {
  const with_ = (change: (message: OutgoingMessage) => Partial<OutgoingMessage>) => {
    const message = troubles.message(broker, 'works');
    return { ...message, ...change(message) };
  };
  const body = (text: string) => () => ({ body: Buffer.from(text) });
  return [
    { reason: 'permanent', code: 'not-json', attempts: 1, message: with_(body('{"orderId":')) },
    { reason: 'permanent', code: 'invalid-body', attempts: 1, message: with_(body('{"orderId":"no"}')) },
    {
      reason: 'permanent',
      code: 'unknown-version',
      attempts: 1,
      message: with_(({ attributes }) => ({
        attributes: { ...attributes, dataschema: 'urn:conveyor:inventory.reserve:99' },
      })),
    },
    {
      reason: 'attempts-exhausted',
      code: 'on-purpose',
      attempts: tries,
      message: troubles.message(broker, 'fails-99'),
    },
    {
      reason: 'process-died',
      code: 'process-died',
      attempts: 3,
      message: troubles.message(broker, 'kills'),
    },
  ];
}

/** `all`, with each of `others` somewhere among them. */
function amidst<Item>(all: readonly Item[], others: readonly Item[]): readonly Item[] {
  const step = Math.floor(all.length / (others.length + 1));
  return [
    ...others.flatMap((other, n) => [...all.slice(n * step, (n + 1) * step), other]),
    ...all.slice(others.length * step),
  ];
}

describe('among many messages', slow, () => {
  const [count, ofEachKind] = fullSize ? [1_980, 4] : [195, 1];

  for (const broker of brokers) {
    test(
      `${broker}: every poison is a dead letter after its number of tries, and all others are handled once`,
      slow,
      async (t) => {
        const good = worth(broker, count);
        const bad = Array.from({ length: ofEachKind }, () => poison(broker)).flat();
        const before = troubles.deaths;
        await troubles.send(
          broker,
          amidst(
            good,
            bad.map(({ message }) => message),
          ),
        );
        const ids = bad.map(({ message }) => idOf(message));
        await eventually(async () => strictEqual((await lettersOf(ids)).length, ids.length), patient);
        await untilHandled(good.map(idOf));

        const letters = new Map((await lettersOf(ids)).map((letter) => [letter.message_id, letter]));
        for (const { message, reason, code, attempts } of bad) {
          const letter = letters.get(idOf(message));
          deepStrictEqual(
            [letter?.reason, letter?.error?.split(':')[0], letter?.attempts],
            [reason, code, attempts],
          );
        }
        const handled = await handledOf(good.map(idOf));
        deepStrictEqual([...new Set(handled.values())], [1]);
        deepStrictEqual(await lettersOf(good.map(idOf)), []);
        strictEqual((await handledOf(ids)).size, 0);

        const tried = await triesOf(ids);
        const killers = bad.filter(({ code }) => code === 'process-died');
        // Three are known. The first time of all leaves no trace, and Kafka cannot always tell it from a second.
        const killed = killers.map(({ message }) => tried.get(idOf(message))?.length ?? 0);
        ok(
          killed.every((times) => times === 4 || (broker === 'kafka' && times === 3)),
          killed.join(),
        );
        const deaths = killed.reduce((sum, times) => sum + times, 0);
        strictEqual(troubles.deaths - before, deaths, 'no process died for anything else');
        t.diagnostic(`${good.length + bad.length} messages, ${bad.length} poison, ${deaths} deaths`);
      },
    );
  }
});

for (const broker of brokers) {
  test(
    `${broker}: a wait is never cut short${fullSize ? `, and kept within ${promisedMs} ms` : ''}`,
    slow,
    async (t) => {
      // A process that has just started is slow at everything.
      const warmUp = worth(broker, 50, 'fails-1');
      await troubles.send(broker, warmUp);
      await untilHandled(warmUp.map(idOf));
      const count = fullSize ? 500 : 50;
      const failing = worth(broker, count, `fails-${retryDelaysMs.length}`);
      // A hundred a second, as they would come; the pause is the load, nothing waits for it.
      for (let sent = 0; sent < failing.length; sent += 10) {
        const next = new Promise((resolve) => setTimeout(resolve, 100));
        await troubles.send(broker, failing.slice(sent, sent + 10));
        await next;
      }
      await untilHandled(failing.map(idOf));
      const all = [...(await triesOf(failing.map(idOf))).values()];
      deepStrictEqual([...new Set(all.map(({ length }) => length))], [tries]);
      const lateMs = retryDelaysMs.map((delayMs, rung) =>
        all.map((at) => (at[rung + 1] ?? 0) - (at[rung] ?? 0) - delayMs),
      );
      ok(Math.min(...lateMs.flat()) >= 0, 'none is early');
      tellLateness(
        t,
        new Map(retryDelaysMs.map((delayMs, rung) => [`wait of ${delayMs} ms`, lateMs[rung] ?? []])),
      );
    },
  );

  test(
    `${broker}: killed and started again while messages wait and lie among the dead letters, it loses none`,
    slow,
    async () => {
      const failing = worth(broker, fullSize ? 300 : 60, `fails-${retryDelaysMs.length}`);
      const hopeless = worth(broker, 5, 'fails-99');
      await troubles.send(broker, [...failing, ...hopeless]);
      const ids = failing.map(idOf);
      await eventually(async () => ok((await triesOf(ids)).size > ids.length / 2), patient);
      await troubles.servers[broker].stop('SIGKILL');
      await troubles.servers[broker].start();
      await untilHandled(ids);
      deepStrictEqual([...new Set((await handledOf(ids)).values())], [1]);
      const dead = hopeless.map(idOf);
      await eventually(async () => strictEqual((await lettersOf(dead)).length, dead.length), patient);
      deepStrictEqual(await lettersOf(ids), []);
    },
  );
}

test('a process that is killed in the middle of redriving many loses and doubles none', slow, async (t) => {
  // What the tests before have left would be sent as well, and would kill again.
  await troubles.database.query(`update dead_letters set status = 'discarded' where status = 'waiting'`);
  // One failure more than there are tries: redriven, they work.
  const each = fullSize ? 1_000 : 120;
  const stranded = brokers.map((broker) => worth(broker, each, `fails-${tries}`));
  for (const [n, broker] of brokers.entries()) await troubles.send(broker, stranded[n] ?? []);
  const ids = stranded.flat().map(idOf);
  await eventually(async () => strictEqual((await lettersOf(ids)).length, ids.length), patient);

  const redriven = async () => {
    const { rows } = await troubles.database.query<{ sent: number }>(
      `select count(*)::int as sent from dead_letters where message_id = any($1) and status = 'redriven'`,
      [ids],
    );
    return rows[0]?.sent ?? 0;
  };
  const asked = troubles.redriveAll().catch(() => 'cut off');
  await eventually(async () => ok((await redriven()) > 0), patient);
  troubles.kill();
  strictEqual(await asked, 'cut off');
  const sent = await redriven();
  t.diagnostic(`killed when ${sent} of ${ids.length} had been sent`);
  ok(sent < ids.length, 'in the middle');

  await eventually(() => troubles.redriveAll(), patient);
  await untilHandled(ids);
  deepStrictEqual([...new Set((await handledOf(ids)).values())], [1]);
  const { rows } = await troubles.database.query<{ times: number }>(
    `select count(*)::int as times from dead_letter_actions join dead_letters letter on letter.id = dead_letter_id
     where message_id = any($1) and what = 'redriven' group by dead_letter_id`,
    [ids],
  );
  strictEqual(rows.length, ids.length);
  deepStrictEqual([...new Set(rows.map(({ times }) => times))], [1]);
});

test(
  'kafka: while one message of an order waits the later ones do too, and other orders flow on',
  slow,
  async () => {
    const [orderId, other] = [randomUUID(), randomUUID()];
    const [first, second, third] = [
      troubles.message('kafka', `fails-${retryDelaysMs.length}`, orderId),
      troubles.message('kafka', 'works', orderId),
      troubles.message('kafka', 'fails-1', orderId),
    ];
    const fourth = troubles.message('kafka', 'works', orderId);
    const passing = troubles.message('kafka', 'works', other);
    const all = [first, second, third, fourth, passing];
    await troubles.send('kafka', all);
    await untilHandled(all.map(idOf));
    const { rows } = await troubles.database.query<{ message_id: string }>(
      'select message_id from handled where message_id = any($1) order by seq',
      [all.map(idOf)],
    );
    deepStrictEqual(
      rows.map(({ message_id }) => message_id),
      [passing, first, second, third, fourth].map(idOf),
    );
  },
);

for (const broker of brokers) {
  test(
    `${broker}: a statement around a try that is cancelled is repeated, and no message given up for it`,
    slow,
    async () => {
      const orderId = randomUUID();
      const failing = troubles.message(broker, `fails-${retryDelaysMs.length}`, orderId);
      const next = troubles.message(broker, 'works', orderId);
      await troubles.send(broker, [failing]);
      const known = 'select from retries where message_id = $1';
      await eventually(
        async () => strictEqual((await troubles.database.query(known, [idOf(failing)])).rowCount, 1),
        patient,
      );
      await troubles.whileLocked('retries', async (cancelWaiting) => {
        await troubles.send(broker, [next]);
        await eventually(async () => ok((await cancelWaiting()) > 0), patient);
      });
      const ids = [failing, next].map(idOf);
      await untilHandled(ids);
      deepStrictEqual([...(await handledOf(ids)).values()], [1, 1]);
      deepStrictEqual(await lettersOf(ids), []);
    },
  );
}

test(
  'without the database nothing is tried, counted or given up; with it everything goes on',
  slow,
  async () => {
    const messages = brokers.map((broker) => worth(broker, 50));
    await troubles.servers.postgres.stop('SIGKILL');
    for (const [n, broker] of brokers.entries()) await troubles.send(broker, messages[n] ?? []);
    await new Promise((resolve) => setTimeout(resolve, fullSize ? 120_000 : 5_000));
    await troubles.servers.postgres.start();
    const ids = messages.flat().map(idOf);
    await untilHandled(ids);
    deepStrictEqual(await lettersOf(ids), []);
    const { rows } = await troubles.database.query('select from retries where message_id = any($1)', [ids]);
    strictEqual(rows.length, 0);
  },
);
