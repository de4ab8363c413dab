import { deepStrictEqual, notStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

interface Request {
  readonly id: string;
  readonly question: string;
}

interface Reply {
  readonly id: string;
  readonly answer: string;
}

interface Asker {
  /** Sends a question under an id of its own; `answer` resolves with the answer to it, and with no other. */
  ask(question: string): { readonly id: string; readonly answer: Promise<string> };
  /** A reply has come, from a channel in which there may be anything. False: nobody waits for it, so it is dropped. */
  onReply(reply: Reply): boolean;
  /** The time of a question is over: its `answer` rejects, so that nobody waits for ever. */
  giveUp(id: string): void;
  /** How many questions are still waited for: it must not grow for ever. */
  waiting(): number;
}

interface Answer {
  readonly createAsker: (send: (request: Request) => void) => Asker;
}

let createAsker: Answer['createAsker'];
before(async () => {
  ({ createAsker } = await answerTo<Answer>(import.meta.url));
});

test('answers find their questions, in whatever order they come', async () => {
  const sent: Request[] = [];
  const asker = createAsker((request) => sent.push(request));
  const [one, two] = [asker.ask('one'), asker.ask('two')];
  deepStrictEqual(sent, [
    { id: one.id, question: 'one' },
    { id: two.id, question: 'two' },
  ]);
  notStrictEqual(one.id, two.id);
  strictEqual(asker.onReply({ id: two.id, answer: 'to two' }), true);
  strictEqual(asker.onReply({ id: one.id, answer: 'to one' }), true);
  deepStrictEqual(await Promise.all([one.answer, two.answer]), ['to one', 'to two']);
});

test('an answer that comes too late is dropped, and the next question does not get it', async () => {
  const asker = createAsker(() => {});
  const late = asker.ask('late');
  const isTold = rejects(late.answer);
  asker.giveUp(late.id);
  await isTold;
  const next = asker.ask('next');
  strictEqual(asker.onReply({ id: late.id, answer: 'to late' }), false);
  strictEqual(asker.onReply({ id: next.id, answer: 'to next' }), true);
  strictEqual(await next.answer, 'to next');
});

test("another asker's answer and a second one are dropped", async () => {
  const asker = createAsker(() => {});
  const { id, answer } = asker.ask('mine');
  strictEqual(asker.onReply({ id: `not ${id}`, answer: 'of somebody else' }), false);
  strictEqual(asker.onReply({ id, answer: 'first' }), true);
  strictEqual(asker.onReply({ id, answer: 'second' }), false);
  strictEqual(await answer, 'first');
});

test('an answer may be there before the sending is over', async () => {
  const asker = createAsker(({ id, question }) => void asker.onReply({ id, answer: `to ${question}` }));
  strictEqual(
    await Promise.race([asker.ask('quick').answer, Promise.resolve().then(() => 'none')]),
    'to quick',
  );
});

test('nothing is kept of what was answered or given up', async () => {
  const asker = createAsker(() => {});
  const [one, two] = [asker.ask('one'), asker.ask('two')];
  strictEqual(asker.waiting(), 2);
  asker.onReply({ id: one.id, answer: 'to one' });
  const isTold = rejects(two.answer);
  asker.giveUp(two.id);
  strictEqual(asker.waiting(), 0);
  await isTold;
});
