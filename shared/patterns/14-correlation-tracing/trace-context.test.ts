import { match, notStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { newTraceparent, nextTraceparent, traceIdOf } from './trace-context.ts';

test('each hop keeps the trace and has a span of its own', () => {
  const first = newTraceparent();
  const second = nextTraceparent(first);
  match(second, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  strictEqual(traceIdOf(second), traceIdOf(first));
  notStrictEqual(second, first);
});

test('the decision whether to sample is passed on', () => {
  match(nextTraceparent(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`), /^00-a{32}-[0-9a-f]{16}-00$/);
});

for (const wrong of [
  undefined,
  '',
  'nonsense',
  `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
  `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
]) {
  test(`what is no traceparent begins a new trace: ${wrong}`, () => {
    match(nextTraceparent(wrong), /^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
}
