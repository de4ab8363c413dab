import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { chapters, loadDemo } from './chapters.ts';
import { committedOnKafka, databasesOf, inDatabase } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, patient, play, stageFor, written } from './play.fixture.ts';

test('every chapter that can be shown says what there is to see', async () => {
  const all = chapters();
  const names = ['priority-queue', 'dead-letter-queue', 'delayed-queue', 'event-sourcing'];
  assert.deepEqual(
    [...all.keys()].filter((name) => names.includes(name)),
    names,
  );
  for (const file of all.values()) assert.ok((await loadDemo(file)).title.length > 20);
});

for (const broker of brokerNames) {
  test(`${broker}: what the demo of dead letters reports is what tables and broker hold`, async (t) => {
    const { stage, run, seen } = await play(t, 'dead-letter-queue', broker);
    const [tables = ''] = await databasesOf(run);
    const [counts] = await inDatabase(
      tables,
      `select (select count(*)::int from dead_letters) as letters,
              (select count(*)::int from dead_letters where status = 'redriven') as redriven,
              (select count(*)::int from dead_letters where status = 'waiting') as waiting,
              (select count(*)::int from inbox) as handled,
              (select count(*)::int from held_messages) as held,
              (select count(*)::int from outbox) as unsent`,
    );
    assert.deepEqual(counts, {
      letters: seen['dead letters'],
      redriven: seen['of them sent once more'],
      waiting: seen['of them still waiting for a person'],
      handled: seen['messages handled in the end'],
      held: 0,
      unsent: 0,
    });
    assert.deepEqual(
      [
        seen['held until an earlier one of its order had ended'],
        seen['overtaken by a later one of its order'],
      ],
      broker === 'rabbitmq' ? [0, 1] : [1, 0],
    );
    if (broker === 'rabbitmq') {
      await acknowledged(run, `mails.${run}`, seen['tries to handle them']);
      await acknowledged(run, '.dead', seen['dead letters']);
    } else {
      assert.equal(await written(run, /\.orders\./), seen['messages sent']);
      assert.equal(await written(run, /-retry-[1-9]\d+$/), seen['times that one waited for its next try']);
      assert.equal(await written(run, /-retry-0$/), seen['of them sent once more']);
      assert.equal(await written(run, /-dlq$/), seen['dead letters']);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });

  test(`${broker}: what the demo of delays reports is what the broker has moved`, async (t) => {
    const { stage, run, seen } = await play(t, 'delayed-queue', broker);
    assert.equal(seen['arrived before they were due'], 0);
    const trapped = seen['ms late, 500 ms behind 1500 ms in one place'] ?? 0;
    assert.ok(trapped >= 1_000, `${trapped} ms: as long as the one before it had to wait longer`);
    assert.equal(seen['arrived'], seen['messages sent']);
    if (broker === 'rabbitmq') await acknowledged(run, `work.${run}`, seen['arrived']);
    else assert.equal(await written(run, /-\d+$/), seen['arrived']);
    await stage.clear();
    await assertNothingLeft(run);
  });

  test(`${broker}: what the demo of priorities reports is what the broker has handed out`, async (t) => {
    const { stage, run, seen } = await play(t, 'priority-queue', broker);
    const firstOf = (level: string) => seen[`${level} ones among the first 39 handled`] ?? 0;
    assert.equal(firstOf('high') + firstOf('normal') + firstOf('low'), 39);
    assert.equal(seen['messages handled'], seen['messages sent']);
    if (broker === 'rabbitmq') {
      assert.deepEqual(['high', 'normal', 'low'].map(firstOf), [27, 12, 0]);
      assert.equal(seen['handled before the first low one'], 54);
      await acknowledged(run, `charge.${run}`, seen['messages handled']);
    } else {
      assert.ok(Math.abs(firstOf('high') - 27) <= 4 && firstOf('low') > 0, JSON.stringify(seen));
      assert.equal(await written(run, /-(high|normal|low)$/), seen['messages sent']);
      const committed = () => committedOnKafka(stage.name('charge'));
      await eventually(async () => assert.equal(await committed(), seen['messages handled']), patient);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });

  test(`${broker}: what the demo of event sourcing reports is what log and event store hold`, async (t) => {
    const { stage, run, seen } = await play(t, 'event-sourcing', broker);
    const [tables = ''] = await databasesOf(run);
    // Whoever listens may hear of an event before the relay has deleted its row.
    await eventually(async () => {
      const [counts] = await inDatabase(
        tables,
        `select (select count(*)::int from events) as events, (select max(version) from streams) as version,
                (select count(*)::int from outbox) as unsent`,
      );
      assert.deepEqual(counts, { events: 5, version: 5, unsent: 0 });
    }, patient);
    assert.deepEqual(seen, {
      'events stored and told': 4,
      'writers refused, since another was first': 1,
      'events that a newcomer gets from the broker': broker === 'kafka' ? 4 : 0,
      'events read without the snapshot': 5,
      'events read with it': 1,
    });
    if (broker === 'kafka') assert.equal(await written(run, /\.events\./), 4);
    else await acknowledged(run, `events.${run}`, 4);
    await stage.clear();
    await assertNothingLeft(run);
  });

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
      await acknowledged(run, `invoices.${run}`, handled.invoices + 1);
      await acknowledged(run, `points.${run}`, handled.points + waiting);
    } else {
      assert.equal(await written(run, /\.orders\./), seen['orders sent']);
      assert.equal(await written(run, /-retry-0$/), 1);
      assert.equal(await written(run, /-dlq$/), seen['dead letters']);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });

  test(`${broker}: a run that is broken off leaves nothing behind`, async (t) => {
    const { stage, run, lines, stopping } = stageFor(t, 'dead-letter-queue', broker);
    const demo = await loadDemo(chapters().get('dead-letter-queue') ?? '');
    const running = demo.run(stage);
    running.catch(() => {});
    await eventually(() => assert.ok(lines.some((line) => line.includes('waits 500 ms'))), patient);
    stopping.abort();
    await assert.rejects(running, { name: 'AbortError' });
    await stage.clear();
    await assertNothingLeft(run);
  });
}
