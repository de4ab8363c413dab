import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { chapterFolders } from '../rooms/chapter-folders.ts';
import { chapters, loadDemo } from './chapters.ts';
import { assertNothingLeft, patient, stageFor } from './play.fixture.ts';

test('every chapter can be shown, and says what there is to see', async () => {
  const all = chapters();
  assert.deepEqual(
    [...all.keys()],
    chapterFolders().map(({ name }) => name),
  );
  for (const file of all.values()) assert.ok((await loadDemo(file)).title.length > 20);
});

for (const broker of brokerNames) {
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
