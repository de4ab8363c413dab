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

test('quotes and escapes within strings do not end them', () => {
  strictEqual(
    editable({ payloadText: '{ "a": "x \\" y  \\\\", "b": 1 }' }),
    '{\n  "a": "x \\" y  \\\\",\n  "b": 1\n}',
  );
});

test('a large body is at hand at once', () => {
  const payloadText = JSON.stringify({ words: Array.from({ length: 20_000 }, () => 'a b " c') }, null, 1);
  const began = performance.now();
  ok(editable({ payloadText }).length > payloadText.length);
  const took = performance.now() - began;
  ok(took < 2_000, `${took} ms`);
});

test('a number that would be rounded is not sent; one that is only written in another way is', () => {
  for (const number of ['12345678901234567890', '0.12345678901234567890', '1e999', '-9007199254740993']) {
    const change = edited(`{"n": ${number}, "a": "new"}`, '{}');
    ok('wrong' in change && change.wrong.startsWith(number), number);
  }
  for (const number of ['1.0', '1e3', '1.50E+3', '0.10', '-0.0', '-12.5', '1e21', '1e-7', '9007199254740992'])
    deepStrictEqual(edited(`{"n": ${number}}`, '{}'), { payload: { n: Number(number) } });
  deepStrictEqual(edited('{"text": "12345678901234567890"}', '{}'), {
    payload: { text: '12345678901234567890' },
  });
});
