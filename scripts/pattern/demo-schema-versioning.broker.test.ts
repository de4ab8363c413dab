import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { databasesOf, inDatabase } from './look.fixture.ts';
import { assertNothingLeft, play, published, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of versions reports is what tables and broker hold`, async (t) => {
    const { stage, run, seen } = await play(t, 'schema-versioning', broker);
    const [tables = ''] = await databasesOf(run);
    const rows = await inDatabase<{ consumer: string; letters: number; redriven: number; handled: number }>(
      tables,
      `select consumer, count(*) filter (where letter)::int as letters,
              count(*) filter (where letter and status = 'redriven')::int as redriven,
              count(*) filter (where not letter)::int as handled
       from (select consumer, true as letter, status from dead_letters
             union all select consumer, false, null from inbox) as everything
       group by consumer order by consumer`,
    );
    const handled = {
      invoices: seen['handled by invoices'] ?? 0,
      points: seen['handled by points, which knows only version 1'] ?? 0,
    };
    const waiting = seen['of them waiting until points is upgraded, too'] ?? 0;
    assert.deepEqual(rows, [
      { consumer: stage.name('invoices'), letters: 1, redriven: 1, handled: handled.invoices },
      { consumer: stage.name('points'), letters: waiting, redriven: 0, handled: handled.points },
    ]);
    // Orders 1 to 6 in version 3, of which all but one were older; orders 1, 2, 3 and 6, of which one was newer.
    assert.deepEqual(
      [handled.invoices, seen['of them brought up from an older version']],
      [seen['orders sent'], 3],
    );
    assert.deepEqual([handled.points, seen['of them of a newer version, its new field ignored']], [4, 1]);
    assert.deepEqual(
      [seen['dead letters'], seen['of them sent once more after an upgrade'], waiting],
      [3, 1, 2],
    );
    if (broker === 'rabbitmq') {
      await published(run, `invoices.${run}`, handled.invoices + 1);
      await published(run, `points.${run}`, handled.points + waiting);
    } else {
      assert.equal(await written(run, /\.orders\./), seen['orders sent']);
      assert.equal(await written(run, /-retry-0$/), 1);
      assert.equal(await written(run, /-dlq$/), seen['dead letters']);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });
}
