import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Committer, type Watermark } from './committer.ts';

const mark = (partition: number, offset: bigint): Watermark => ({ topic: 't', partition, offset });
const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A commit that is answered when the test wants. */
function broker() {
  const commits: { readonly offsets: string[]; answer(error?: Error): void }[] = [];
  const commit = (watermarks: readonly Watermark[]) =>
    new Promise<void>((resolve, reject) => {
      const offsets = watermarks.map(({ partition, offset }) => `${partition}:${offset}`);
      commits.push({ offsets, answer: (error) => (error ? reject(error) : resolve()) });
    });
  return { commits, commit };
}

test('while one commit is under way no other is sent; then the newest watermark of each partition', async () => {
  const { commits, commit } = broker();
  const committer = new Committer(commit, never);
  committer.add(mark(0, 1n));
  committer.add(mark(0, 2n));
  committer.add(mark(1, 5n));
  committer.add(mark(0, 3n));
  assert.deepEqual(
    commits.map(({ offsets }) => offsets),
    [['0:1']],
  );
  commits[0]?.answer();
  const finished = committer.finish();
  await turn();
  assert.deepEqual(commits[1]?.offsets, ['0:3', '1:5']);
  commits[1]?.answer();
  await finished;
  assert.equal(commits.length, 2);
});

test('a commit that fails is tried again', async () => {
  const { commits, commit } = broker();
  const committer = new Committer(commit, never);
  committer.add(mark(0, 1n));
  commits[0]?.answer(new Error('no coordinator'));
  while (commits.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(commits[1]?.offsets, ['0:1']);
  commits[1]?.answer();
  await committer.finish();
});

test('nothing is committed once the partitions belong to others', async () => {
  const { commits, commit } = broker();
  const over = new AbortController();
  const committer = new Committer(commit, over.signal);
  over.abort();
  committer.add(mark(0, 1n));
  await committer.finish();
  assert.deepEqual(commits, []);
});

test('whoever waits for a commit does not wait for its turn', async () => {
  const { commits, commit } = broker();
  const committer = new Committer(commit, never);
  committer.add(mark(0, 1n));
  committer.add(mark(0, 2n));
  committer.hurry();
  commits[0]?.answer();
  await turn();
  assert.deepEqual(commits[1]?.offsets, ['0:2']);
  commits[1]?.answer();
  await turn();
  committer.add(mark(0, 3n));
  await turn();
  assert.equal(commits.length, 2, 'nobody is in a hurry');
  committer.hurry();
  await turn();
  assert.deepEqual(commits[2]?.offsets, ['0:3']);
  commits[2]?.answer();
  await committer.finish();
});
