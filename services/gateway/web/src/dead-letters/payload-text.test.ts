import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { editable, edited } from './payload-text.ts';

test('JSON is indented, whatever spaces it came with', () => {
  const wanted = '{\n  "a": "b c",\n  "n": 1\n}';
  strictEqual(editable({ payloadText: '{"a":"b c","n":1}' }), wanted);
  strictEqual(editable({ payloadText: '{ "a": "b c", "n": 1 }' }), wanted);
  strictEqual(editable({ payload: { a: 'b c', n: 1 } }), wanted);
});

test('what would not survive it is left as it came', () => {
  for (const payloadText of ['{"n":12345678901234567890}', '{"broken":', 'hello'])
    strictEqual(editable({ payloadText }), payloadText);
});

test('what was not changed is not sent; what is no JSON is named', () => {
  deepStrictEqual(edited('{"a":1}', '{"a":1}'), {});
  deepStrictEqual(edited('{"a":2}', '{"a":1}'), { payload: { a: 2 } });
  ok('wrong' in edited('{"a":', '{"a":1}'));
});
