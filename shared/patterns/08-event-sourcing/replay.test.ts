import { deepStrictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { MissingEvent, replay } from './replay.ts';

const nothing = { state: '', version: 0 };
const event = (version: number, letter: string) => ({ version, letter });
const append = (text: string, { letter }: { letter: string }) => text + letter;
const [one, two, three] = [event(1, 'a'), event(2, 'b'), event(3, 'c')] as const;

test('events are folded one upon the other', () => {
  deepStrictEqual(replay(nothing, [one, two, three], append), { state: 'abc', version: 3 });
  deepStrictEqual(replay(nothing, [], append), nothing);
});

test('a snapshot and what came after it make the same as the whole stream', () => {
  const snapshot = replay(nothing, [one, two], append);
  deepStrictEqual(replay(snapshot, [three], append), replay(nothing, [one, two, three], append));
});

test('what is in the snapshot already, or comes twice, counts once', () => {
  const snapshot = { state: 'ab', version: 2 };
  deepStrictEqual(replay(snapshot, [one, two, three, two, three], append), { state: 'abc', version: 3 });
});

test('an event that is not there is named, never jumped over', () => {
  throws(() => replay(nothing, [one, three], append), new MissingEvent(2));
  throws(() => replay({ state: 'a', version: 1 }, [three], append), new MissingEvent(2));
});
