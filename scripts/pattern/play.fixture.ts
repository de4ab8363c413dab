import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { BrokerName } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { serversIn } from '../stage/servers.ts';
import { RealStage } from '../stage/stage.ts';
import { chapters, loadDemo } from './chapters.ts';
import { databasesOf, namesOnKafka, queuesOf, writtenOnKafka } from './look.fixture.ts';
import { Narrator } from './narrator.ts';

// RabbitMQ's own counts are some seconds behind.
export const patient = { timeoutMs: 30_000 };

/** A stage of its own, whose audience is a list of lines. It is cleared, and then nothing of it is to be left. */
export function stageFor(t: TestContext, chapter: string, broker: BrokerName) {
  const servers = serversIn(process.env) ?? assert.fail('this test needs the real servers');
  const lines: string[] = [];
  const narrator = new Narrator(
    (line) => lines.push(line),
    (_style, text) => text,
  );
  const stopping = new AbortController();
  const stage = new RealStage({ chapter, broker, servers, narrator, signal: stopping.signal });
  t.after(() => stage.clear());
  const run = stage.name('').split('.').at(-1) ?? assert.fail('a run has no name');
  return { stage, run, lines, stopping };
}

export async function play(t: TestContext, chapter: string, broker: BrokerName) {
  const scene = stageFor(t, chapter, broker);
  const demo = await loadDemo(chapters().get(chapter) ?? assert.fail(`${chapter} has no demo`));
  const begun = performance.now();
  const seen = await demo.run(scene.stage);
  const tookMs = performance.now() - begun;
  t.diagnostic(`${Math.round(tookMs)} ms; ${JSON.stringify(seen)}`);
  assert.ok(tookMs < 20_000, 'a demo takes seconds');
  assert.deepEqual(
    scene.lines.filter((line) => line.length > 100),
    [],
    'every line fits',
  );
  return { ...scene, seen };
}

export async function assertNothingLeft(run: string): Promise<void> {
  await eventually(async () => {
    assert.deepEqual(await queuesOf(run), []);
    assert.deepEqual(await namesOnKafka(run), []);
    assert.deepEqual(await databasesOf(run), []);
  }, patient);
}

/** By the end of its name: how many messages of a queue RabbitMQ has seen acknowledged. Nothing is left in any. */
export async function acknowledged(run: string, queue: string, wanted: number | undefined): Promise<void> {
  await counted(run, queue, 'ack', wanted);
}

/**
 * The same where a consumer has been stopped meanwhile: RabbitMQ sometimes forgets what a closed channel has acknowledged
 * before it has counted it. What was published to the queue and is no longer in it was acknowledged, too.
 */
export async function published(run: string, queue: string, wanted: number | undefined): Promise<void> {
  await counted(run, queue, 'publish', wanted);
}

async function counted(run: string, queue: string, what: 'ack' | 'publish', wanted: number | undefined) {
  await eventually(async () => {
    const queues = await queuesOf(run);
    assert.deepEqual([...new Set(queues.map(({ messages }) => messages))], [0]);
    assert.equal(queues.find(({ name }) => name.endsWith(queue))?.message_stats?.[what], wanted);
  }, patient);
}

/** By the end of their names: how many messages were ever written to topics of a run. */
export async function written(run: string, name: RegExp): Promise<number> {
  const all = [...(await writtenOnKafka(run))].filter(([topic]) => name.test(topic));
  return all.reduce((sum, [, count]) => sum + count, 0);
}
