import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf } from './command-line.ts';

const names = ['priority-queue', 'dead-letter-queue', 'delayed-queue'];
const command = (line: string) => commandOf(line.split(' ').filter(Boolean), names);

test('a pattern is shown on both brokers, one after the other, or on the one that is named', () => {
  const name = 'delayed-queue';
  deepStrictEqual(command(name), { name, brokers: ['rabbitmq', 'kafka'] });
  deepStrictEqual(command(`${name} --broker kafka`), { name, brokers: ['kafka'] });
  deepStrictEqual(command(`--broker=rabbitmq ${name}`), { name, brokers: ['rabbitmq'] });
  deepStrictEqual(command('07 --broker kafka'), { name, brokers: ['kafka'] });
});

test('without a name the patterns are listed', () => {
  for (const line of ['', '--list', 'delayed-queue --list', '--broker kafka']) {
    deepStrictEqual(command(line), { list: true }, line);
  }
});

test('whoever writes a name wrongly is told the nearest one', () => {
  for (const [line, meant] of [
    ['dead-leter-queue', 'dead-letter-queue'],
    ['dlayed-queue', 'delayed-queue'],
    ['priority', 'priority-queue'],
    ['Delayed-Queue', 'delayed-queue'],
  ] as const) {
    const asked = command(line);
    ok('wrong' in asked);
    match(asked.wrong, new RegExp(`Did you mean ${meant}\\?`));
  }
});

test('what cannot be meant is answered with the usage', () => {
  for (const line of [
    'delayed-queue --broker redis',
    'delayed-queue --broker',
    'delayed-queue priority-queue',
    'delayed-queue --loud',
  ]) {
    const asked = command(line);
    ok('wrong' in asked, line);
    match(asked.wrong, /Usage: npm run pattern/);
  }
});
