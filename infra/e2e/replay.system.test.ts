import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import kafkajs from 'kafkajs';
import { combinations } from './combinations.ts';
import { running, runningDatabases } from './running-system.ts';

const { Kafka, logLevel } = kafkajs;
const script = fileURLToPath(new URL('../../scripts/replay.ts', import.meta.url));

const slow = { timeout: 300_000 };
const accepted: string[] = [];

interface Run {
  readonly code: number;
  readonly lines: readonly string[];
}

/** `npm run replay -- …` against the running system; without PostgreSQL if it is to do without. */
function replay(args: readonly string[], postgres = running().stack.env.POSTGRES_URL): Promise<Run> {
  const env = {
    PATH: process.env['PATH'],
    KAFKA_BROKERS: running().stack.env.KAFKA_BROKERS,
    POSTGRES_URL: postgres,
    NO_COLOR: '1',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code) : 0;
      resolve({ code, lines: `${stdout}${stderr}`.trim().split('\n') });
    });
  });
}

/** Nobody listens there. */
const noDatabase = 'postgres://nobody@127.0.0.1:1/none';

/** Until the last events have left the outbox. */
const verified = () =>
  eventually(
    async () => {
      const { code, lines } = await replay(['--all', '--verify']);
      strictEqual(code, 0, lines.join('\n'));
    },
    { timeoutMs: 60_000 },
  );

describe('the log of all orders', () => {
  before(async () => {
    for (const combination of combinations) {
      for (const paymentToken of ['tok_approved', 'tok_declined']) {
        await eventually(async () => {
          const request = {
            customerId: 'ada',
            items: [{ sku: 'mug', quantity: 2 }],
            ...combination,
            paymentToken,
          };
          const { status, body } = await running().place(request);
          strictEqual(status, 202, JSON.stringify(body));
          accepted.push(body.orderId);
        });
      }
    }
    await Promise.all(accepted.map((orderId) => running().final(orderId)));
  });

  // First: it takes away what other tests have put into the log, which is in no event store.
  test(
    'a log that was lost is made anew, every consumer recognises what it has had, and orders go on',
    slow,
    async () => {
      const kafka = new Kafka({
        brokers: running().stack.env.KAFKA_BROKERS.split(','),
        logLevel: logLevel.NOTHING,
      });
      const admin = kafka.admin();
      await admin.connect();
      try {
        await admin.deleteTopics({ topics: ['order-events'] });
        await eventually(async () => ok(!(await admin.listTopics()).includes('order-events')));
      } finally {
        await admin.disconnect();
      }
      ok((await replay(['--all', '--verify'])).code !== 0);

      const { code, lines } = await replay(['--republish']);
      strictEqual(code, 0, lines.join('\n'));
      await verified();
      // The new log is consumed from its beginning, and what follows arrives as ever.
      await eventually(
        async () => {
          const request = { customerId: 'ada', items: [{ sku: 'mug', quantity: 2 }], broker: 'kafka' };
          const { status, body } = await running().place(request);
          strictEqual(status, 202);
          accepted.push(body.orderId);
        },
        { timeoutMs: 30_000 },
      );
      // It comes after everything that the other tests have left in the log.
      strictEqual((await running().final(accepted.at(-1) ?? '', 120_000)).status, 'completed');
      await verified();
      await eventually(
        async () => {
          const violations = findViolations(await readFacts(running().stack.env.POSTGRES_URL), accepted);
          deepStrictEqual(violations, []);
        },
        { timeoutMs: 60_000 },
      );
    },
  );

  test('every order, whatever its broker and its saga, is rebuilt from Kafka alone', async () => {
    await verified();
    for (const orderId of accepted) {
      const { status, reason, version } = await running().order(orderId);
      const { code, lines } = await replay(['--order', orderId], noDatabase);
      strictEqual(code, 0, lines.join('\n'));
      strictEqual(lines.length, version + 2, lines.join('\n'));
      match(
        lines.at(-1) ?? '',
        new RegExp(`ada orders 2 × mug for 19.00 EUR: ${reason ? `${status}: ${reason}` : status}`),
      );
    }
  });

  test('an order can be seen as it was, and one that nobody knows is unknown', async () => {
    const [orderId = ''] = accepted;
    const { createdAt } = await running().order(orderId);
    for (const at of ['1', createdAt]) {
      const { code, lines } = await replay(['--order', orderId, '--at', at]);
      deepStrictEqual([code, lines.length], [0, 3]);
      match(lines[1] ?? '', new RegExp(`^${createdAt}    1  order.created +pending$`));
    }
    const unknown = await replay(['--order', randomUUID()]);
    deepStrictEqual([unknown.code, unknown.lines.length], [1, 1]);
    match(unknown.lines[0] ?? '', /knows no order/);
    strictEqual((await replay(['--order', 'mug'])).code, 2);
  });

  test('a planted edit and a dropped event are reported by the id of their order', async () => {
    const [edited = '', dropped = '', renamed = ''] = accepted;
    const rename = (from: string, to: string) =>
      runningDatabases().query(
        'conveyor_order',
        'update events set type = $3 where stream_id = $1 and type = $2',
        [renamed, from, to],
      );
    await rename('order.created', 'order.creeted');
    const kept = await runningDatabases().query<{ data: object }>(
      'conveyor_order',
      `update events set data = jsonb_set(data, '{total,amount}', '1') where stream_id = $1 and version = 1
       returning (select data from events old where old.stream_id = $1 and old.version = 1) as data`,
      [edited],
    );
    const gone = await runningDatabases().query<Record<string, unknown>>(
      'conveyor_order',
      `delete from events where stream_id = $1 and version = 2 returning to_jsonb(events) as row`,
      [dropped],
    );
    const { code, lines } = await replay(['--all', '--verify']);
    strictEqual(code, 1);
    deepStrictEqual(
      lines
        .filter((line) => line.startsWith('differs'))
        .map((line) => line.replace(/ \(order.+/, ''))
        .toSorted(),
      [
        `differs  ${edited}  version 1`,
        `differs  ${dropped}  version 2 is missing in the event store`,
        `differs  ${renamed}  version 1 cannot be read in the event store: version 2 of order.creeted, and 0 is known here`,
      ].toSorted(),
    );
    ok(lines.some((line) => line.includes('data.total.amount: 1 in the event store, 1900 in the log')));

    await runningDatabases().query(
      'conveyor_order',
      'update events set data = $2 where stream_id = $1 and version = 1',
      [edited, kept[0]?.data],
    );
    await runningDatabases().query(
      'conveyor_order',
      'insert into events select * from jsonb_populate_record(null::events, $1)',
      [gone[0]?.['row']],
    );
    // What cannot be read cannot be published again, and keeps nothing else from it.
    const again = await replay(['--republish']);
    strictEqual(again.code, 1);
    const incomplete = again.lines.filter((line) => line.startsWith('Some of the'));
    deepStrictEqual([incomplete.length, incomplete[0]?.includes(renamed)], [1, true]);
    await rename('order.creeted', 'order.created');
    await verified();
  });
});
