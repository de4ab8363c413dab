import { deepStrictEqual, notStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { nextHop, storyOf } from './story.ts';
import { newTraceparent, traceIdOf } from './trace-context.ts';

const message = { id: 'message 1', correlationid: 'ada', traceparent: newTraceparent() };

test('what follows from a message has its story and its trace, and names it as its cause', () => {
  deepStrictEqual(storyOf(message), {
    correlationid: 'ada',
    traceparent: message.traceparent,
    causationid: 'message 1',
  });
});

test('the cause of a message is not the cause of what follows from it', () => {
  const second = { ...storyOf(message), id: 'message 2' };
  strictEqual(storyOf(second).causationid, 'message 2');
});

test('each message that follows has a span of its own in the same trace; all else goes on', () => {
  const story = storyOf(message);
  const [one, other] = [nextHop(story), nextHop(story)];
  for (const { traceparent, ...rest } of [one, other]) {
    strictEqual(traceIdOf(traceparent), traceIdOf(message.traceparent));
    deepStrictEqual(rest, { correlationid: 'ada', causationid: 'message 1' });
  }
  strictEqual(new Set([message, one, other].map(({ traceparent }) => traceparent)).size, 3);
});

test('what a client began has no cause', () => {
  const begun = nextHop({ correlationid: 'ada', traceparent: newTraceparent() });
  deepStrictEqual(Object.keys(begun), ['correlationid', 'traceparent']);
});

test('a trace that is none begins anew, and the story goes on', () => {
  const { correlationid, traceparent } = nextHop({ ...storyOf(message), traceparent: 'nonsense' });
  strictEqual(correlationid, 'ada');
  notStrictEqual(traceIdOf(traceparent), undefined);
});
