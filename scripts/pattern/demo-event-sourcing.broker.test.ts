import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { databasesOf, inDatabase } from './look.fixture.ts';
import { assertNothingLeft, patient, play, published, written } from './play.fixture.ts';

for (const broker of brokerNames) {
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
    else await published(run, `events.${run}`, 4);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
