import { deepStrictEqual, ok } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { BrokerName } from '@conveyor/contracts';
import { type System, startSystem } from '@conveyor/e2e/system';
import { testSeed } from '@conveyor/testing/seed';
import { smallChaos } from './faults.ts';
import { isClean } from './findings.ts';
import { plainGround } from './ground.ts';
import { tryFault } from './run.ts';
import { look, openWorld, type World } from './world.ts';

const seed = testSeed();
const size = { orders: 100, times: 1, awayMs: 0 };
const slow = { timeout: 400_000 };

let system: System;
let world: World;

before(async () => {
  // At this level a consumer says of each message that the inbox has seen before.
  system = await startSystem('chaos', { LOG_LEVEL: 'debug' });
  world = await openWorld(plainGround(system), 10);
}, slow);
after(async () => {
  await world?.close();
  await system?.stop();
});

/** How many messages of each broker were delivered again that had been handled. */
async function duplicatesSeen(): Promise<Readonly<Record<BrokerName, number>>> {
  const logs = await Promise.all(
    Object.values(system.stack.services).map(({ log }) => readFile(log, 'utf8')),
  );
  const lines = logs.flatMap((log) => log.split('\n')).filter((line) => line.includes('"msg":"seen before"'));
  const of = (broker: BrokerName) => lines.filter((line) => line.includes(`"broker":"${broker}"`)).length;
  return { rabbitmq: of('rabbitmq'), kafka: of('kafka') };
}

test(
  'no order is lost or doubled, whichever service dies with messages in its hands, and PostgreSQL with them',
  slow,
  async (t) => {
    const say = (line: string) => t.diagnostic(line);
    const { figures, findings } = await tryFault({ world, fault: smallChaos, seed, size, atOnce: 25, say });
    const { orders, refused, strikes, unanswered, recoverySeconds, quietSeconds } = figures;
    t.diagnostic(JSON.stringify(figures));
    deepStrictEqual(findings, { lost: [], doubled: [], differing: [], givenUp: [] });
    deepStrictEqual([refused, unanswered, strikes], [0, 0, 5]);
    ok(orders >= size.orders);
    ok(recoverySeconds !== undefined, 'the system has not recovered');
    ok(quietSeconds !== undefined, 'messages still wait');
    const duplicates = await duplicatesSeen();
    t.diagnostic(`duplicate deliveries: ${duplicates.rabbitmq} by RabbitMQ, ${duplicates.kafka} by Kafka`);
    // Whether a kill falls between a commit and its acknowledgement is chance; that it never does is not. On which broker is chance
    // as well: the crash points kill at that very moment, on both.
    ok(
      duplicates.rabbitmq + duplicates.kafka > 0,
      'no duplicate delivery was seen: the test has proven nothing',
    );
  },
);

/** Does damage to a store, and answers the id of what it was done to. */
const damages = [
  {
    what: 'a charge too many',
    database: 'conveyor_sandbox',
    statement: `insert into ledger (key, order_id, kind, amount, currency)
      select key, order_id, 'refund', amount, currency from ledger charged where kind = 'charge'
      and not exists (select from ledger refunded where refunded.key = charged.key and kind = 'refund') limit 1
      returning order_id as id`,
    kind: 'doubled',
    code: 'not-charged-exactly-once',
  },
  {
    what: 'a lost stream',
    database: 'conveyor_order',
    statement: `with one as (select stream_id from streams order by stream_id limit 1), gone as (
      delete from events where stream_id in (select stream_id from one)) select stream_id as id from one`,
    kind: 'lost',
    code: 'accepted-order-lost',
  },
  {
    what: 'a stolen mug',
    database: 'conveyor_inventory',
    statement: `update products set on_hand = on_hand - 1 where sku = 'mug' returning sku as id`,
    kind: 'differing',
    code: 'stock-not-conserved',
  },
  {
    what: 'a forgotten reservation',
    database: 'conveyor_inventory',
    statement: `update products set reserved = reserved + 1 where sku = 'mug' returning sku as id`,
    kind: 'differing',
    code: 'stock-still-reserved',
  },
] as const;

for (const { what, database, statement, kind, code } of damages) {
  test(`the checker finds ${what}, and names it`, async () => {
    const [row] = await world.databases.query<{ readonly id: string }>(database, statement);
    ok(row, 'nothing was damaged');
    const findings = await look(world, { exchanges: [], orders: [] }, true);
    ok(!isClean(findings));
    const lines = findings[kind];
    ok(
      lines.some((line) => line.startsWith(`${code} ${row.id}:`)),
      lines.join('\n'),
    );
  });
}
