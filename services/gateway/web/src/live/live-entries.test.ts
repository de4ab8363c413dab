import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { LiveEntries } from './live-entries.ts';

let time = 0;
let tasks: { at: number; task: () => void }[] = [];

beforeEach(() => {
  time = 0;
  tasks = [];
});

/** Time goes by, and what is due in it happens. */
function pass(ms: number): void {
  const end = time + ms;
  for (;;) {
    const due = tasks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
    if (!due) break;
    tasks = tasks.filter((each) => each !== due);
    time = due.at;
    due.task();
  }
  time = end;
}

function make(keep = 1_000): { live: LiveEntries; draws: () => number } {
  const live = new LiveEntries({
    keep,
    frameMs: 100,
    now: () => time,
    later: (task, ms) => void tasks.push({ at: time + ms, task }),
  });
  let draws = 0;
  live.subscribe(() => {
    draws += 1;
  });
  return { live, draws: () => draws };
}

const entry = (id: number) => JSON.stringify({ id: String(id), orderId: 'o', kind: 'handled' });

test('thousands of entries a second are shown ten times a second, and none is missed', () => {
  const { live, draws } = make(10_000);
  let seen = 0;
  live.subscribe(() => {
    seen += live.view().fresh.length;
  });
  for (let n = 0; n < 6_000; n += 1) {
    if (n % 6 === 0) pass(1);
    live.add(entry(n));
  }
  pass(100);
  ok(draws() <= 11, `${draws()} draws`);
  strictEqual(seen, 6_000);
  ok(live.view().perSecond >= 5_000, `${live.view().perSecond}`);
});

test('only the newest are kept while nobody draws', () => {
  const { live } = make(3);
  for (let n = 0; n < 100; n += 1) live.add(entry(n));
  pass(100);
  deepStrictEqual(
    live.view().fresh.map(({ id }) => id),
    ['97', '98', '99'],
  );
});

test('it is told once when some were passed over, because too many came or because whoever hears them has jumped', () => {
  const { live } = make(3);
  const passedOver = (count: number, jump = false) => {
    if (jump) live.noteGap();
    for (let n = 0; n < count; n += 1) live.add(entry(n));
    pass(100);
    return live.view().hasGap;
  };
  deepStrictEqual([passedOver(3), passedOver(4), passedOver(3)], [false, true, false]);
  deepStrictEqual([passedOver(7), passedOver(100), passedOver(1)], [true, true, false]);
  deepStrictEqual([passedOver(0, true), passedOver(1)], [true, false]);
});

test('the view stays the same one until there is something new', () => {
  const { live } = make();
  const before = live.view();
  strictEqual(live.view(), before);
  live.add(entry(1));
  strictEqual(live.view(), before);
  pass(100);
  ok(live.view() !== before);
});

test('the rate falls to nothing when nothing comes any more, and then all is quiet', () => {
  const { live, draws } = make();
  live.add(entry(1));
  pass(100);
  strictEqual(live.view().perSecond, 1);
  pass(3_000);
  strictEqual(live.view().perSecond, 0);
  const drawn = draws();
  pass(60_000);
  strictEqual(draws(), drawn);
});

test('what cannot be read is passed over', () => {
  const { live } = make();
  live.add('{');
  live.add(entry(2));
  pass(100);
  deepStrictEqual(
    live.view().fresh.map(({ id }) => id),
    ['2'],
  );
});
