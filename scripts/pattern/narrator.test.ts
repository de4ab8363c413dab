import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { Narrator, wrapped } from './narrator.ts';

function told(tell: (narrator: Narrator) => void): readonly string[] {
  const lines: string[] = [];
  let now = 1_000;
  const clock = () => {
    now += 250;
    return now;
  };
  tell(
    new Narrator(
      (line) => lines.push(line),
      (_style, text) => text,
      clock,
    ),
  );
  return lines;
}

test('what happens is printed with the time since the first that did', () => {
  const lines = told((narrator) => {
    narrator.show('sent', 'receipt order-1', 'is sent');
    narrator.show('waits', 'receipt order-1', 'waits 500 ms');
  });
  deepStrictEqual(lines, [
    '    0.000 s  receipt order-1       → is sent',
    '    0.250 s  receipt order-1       ↻ waits 500 ms',
  ]);
});

test('a paragraph is broken between words, and never wider than the columns', () => {
  deepStrictEqual(wrapped('  one two\n three four ', 9), ['one two', 'three', 'four']);
  deepStrictEqual(wrapped('a-word-that-is-longer than that', 10), ['a-word-that-is-longer', 'than that']);
  deepStrictEqual(wrapped('', 10), []);
  const lines = told((narrator) => narrator.say('word '.repeat(100)));
  ok(lines.every((line) => line.length <= 90));
});

test('what belongs together is set apart, and never by more than one empty line', () => {
  const lines = told((narrator) => {
    narrator.say('Watch this.');
    narrator.list({ reason: 'permanent' });
    narrator.say('And this.');
  });
  deepStrictEqual(lines, ['Watch this.', '', '             reason  permanent', '', 'And this.', '']);
});

test('facts stand in a column, and so do the counts at the end', () => {
  const lines = told((narrator) => {
    narrator.list({ reason: 'permanent', tries: '1' });
    narrator.conclude({ 'messages sent': 12, tries: 7 });
  });
  deepStrictEqual(lines, [
    '             reason  permanent',
    '             tries   1',
    '',
    'What you saw',
    '         12  messages sent',
    '          7  tries',
  ]);
});
