import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import {
  distance,
  type FedLog,
  type Generation,
  type Generations,
  rebuild,
  tidyUp,
  unfinished,
} from './rebuild.ts';

/** Generations as aliases would have them, and what was done with them, in words. `failing` says at which step. */
function ground(failing?: string, start: readonly Generation[] = [{ name: 'old', live: true, fed: true }]) {
  const all = new Map(start.map((generation) => [generation.name, generation]));
  const done: string[] = [];
  function step(what: string): void {
    done.push(what);
    if (what === failing) throw new Error(`failed: ${what}`);
  }
  const change = (name: string, now: Partial<Generation>) => {
    const generation = all.get(name);
    if (!generation) throw new Error(`no ${name}`);
    all.set(name, { ...generation, ...now });
  };
  const generations: Generations = {
    list: async () => [...all.values()],
    async create() {
      step('create');
      all.set('new', { name: 'new', live: false, fed: true });
      return 'new';
    },
    async fence(name) {
      step(`fence ${name}`);
      change(name, { fed: false });
    },
    async feed(name) {
      step(`feed ${name}`);
      change(name, { fed: true });
    },
    async takeOver(next, former, onLook) {
      step(`take over from ${former} into ${next}`);
      await onLook();
    },
    async refresh(name) {
      step(`refresh ${name}`);
    },
    async switchTo(next, former) {
      step(`switch to ${next}`);
      if (former) change(former, { live: false });
      change(next, { live: true });
    },
    async drop(name, live) {
      step(`drop ${name}`);
      change(live, { live: true });
      all.delete(name);
    },
  };
  return { generations, done, all: () => [...all.values()] };
}

/** A log that grows by ten messages at each look until `until`, read by the new one at `pace` messages a look. */
function logOf({ until = 10, pace = 1_000 } = {}) {
  let [end, position] = [0, 0];
  const asked: string[] = [];
  const log: FedLog = {
    async ends() {
      end = Math.min(until, end + 10);
      asked.push('ends');
      return new Map([[0, BigInt(end)]]);
    },
    async positions() {
      position = Math.min(end, position + pace);
      return new Map([[0, BigInt(position)]]);
    },
  };
  return { log, asked };
}

const signal = new AbortController().signal;

test('the old one is fenced before it is asked where the log ends, and shown until the new one has all of that', async () => {
  const { generations, done, all } = ground();
  const { log, asked } = logOf();
  const fencedAt: number[] = [];
  const fence = generations.fence;
  const watched: Generations = {
    ...generations,
    async fence(name) {
      fencedAt.push(asked.length);
      await fence(name);
    },
  };
  strictEqual(await rebuild({ generations: watched, log, live: 'old', signal }), 'new');
  deepStrictEqual(done, [
    'create',
    'take over from old into new',
    'fence old',
    'take over from old into new',
    'refresh new',
    'switch to new',
  ]);
  strictEqual(asked.length - (fencedAt[0] ?? 0), 1, 'the end is asked for once, after the fence');
  deepStrictEqual(await tidyUp(generations), ['old']);
  deepStrictEqual(all(), [{ name: 'new', live: true, fed: true }]);
});

test('the first one is not shown before it is built', async () => {
  const { generations, done } = ground(undefined, []);
  await rebuild({ generations, log: logOf().log, live: undefined, signal });
  deepStrictEqual(done, ['create', 'refresh new', 'switch to new']);
});

test('the first one is gone on with when whoever began it has died, and no other is made', async () => {
  const half = { name: 'half', live: false, fed: true };
  const fenced = { name: 'fenced', live: false, fed: false };
  const { generations, done, all } = ground(undefined, [{ ...half, name: 'older' }, half, fenced]);
  const begun = unfinished(await generations.list());
  strictEqual(begun, 'half');
  strictEqual(await rebuild({ generations, log: logOf().log, live: undefined, begun, signal }), 'half');
  deepStrictEqual(done, ['refresh half', 'switch to half']);
  deepStrictEqual(await tidyUp(generations), ['older', 'fenced']);
  deepStrictEqual(all(), [{ name: 'half', live: true, fed: true }]);
});

test('beside one that is shown there is nothing to go on with: what is left of a rebuild is removed', () => {
  const left = { name: 'left', live: false, fed: true };
  strictEqual(unfinished([{ name: 'old', live: true, fed: true }, left]), undefined);
  strictEqual(unfinished([]), undefined);
});

test('one that does not come to the end in time fails, and the old one goes on', async () => {
  const { generations, all } = ground();
  const { log } = logOf({ until: 1_000_000, pace: 0 });
  await rejects(rebuild({ generations, log, live: 'old', standstillMs: 1, signal }), /did not reach the end/);
  await tidyUp(generations);
  deepStrictEqual(all(), [{ name: 'old', live: true, fed: true }]);
});

for (const step of ['fence old', 'take over from old into new', 'refresh new', 'switch to new']) {
  test(`when it fails at "${step}", tidying up leaves what readers are shown`, async () => {
    const { generations, all } = ground(step);
    await rejects(rebuild({ generations, log: logOf().log, live: 'old', signal }), /failed/);
    deepStrictEqual(await tidyUp(generations), ['new']);
    deepStrictEqual(all(), [{ name: 'old', live: true, fed: true }]);
  });
}

test('when the change came through though its answer was lost, tidying up leaves the new one', async () => {
  const { generations, all } = ground();
  const lost: Generations = {
    ...generations,
    async switchTo(next, former) {
      await generations.switchTo(next, former);
      throw new Error('no answer');
    },
  };
  await rejects(rebuild({ generations: lost, log: logOf().log, live: 'old', signal }), /no answer/);
  deepStrictEqual(await tidyUp(generations), ['old']);
  deepStrictEqual(all(), [{ name: 'new', live: true, fed: true }]);
});

test('a hiccup of the log does not end it; an error of another kind does', async () => {
  for (const [error, outcome] of [
    [new InfrastructureFault('away', 'away'), 'new'],
    [new TypeError('a bug'), 'a bug'],
  ] as const) {
    const { log } = logOf();
    let failures = 0;
    const unwell: FedLog = {
      ...log,
      ends: () => (failures++ === 0 ? Promise.reject(error) : log.ends()),
    };
    const rebuilt = rebuild({ generations: ground().generations, log: unwell, live: 'old', signal });
    strictEqual(await rebuilt.catch((caught: Error) => caught.message), outcome);
  }
});

test('while the log is away the right to go on is kept all the same', async () => {
  const { log } = logOf();
  let [failures, looks] = [0, 0];
  const away: FedLog = {
    ...log,
    ends: () => (failures++ < 3 ? Promise.reject(new InfrastructureFault('away', 'away')) : log.ends()),
  };
  const onLook = async () => void looks++;
  await rebuild({
    generations: ground(undefined, []).generations,
    log: away,
    live: undefined,
    onLook,
    signal,
  });
  strictEqual(looks, 4);
});

test('whoever has lost the right to go on is stopped before the change', async () => {
  const { generations, done } = ground();
  const onLook = async () => {
    if (done.includes('refresh new')) throw new Error('no longer');
  };
  await rejects(rebuild({ generations, log: logOf().log, live: 'old', onLook, signal }), /no longer/);
  strictEqual(done.includes('switch to new'), false);
});

test('whoever loses the right to go on while much is taken over is stopped there', async () => {
  for (const fencedBefore of [false, true]) {
    const { generations, done } = ground();
    let takesOver = false;
    const long: Generations = {
      ...generations,
      async takeOver(next, former, onLook) {
        takesOver = done.includes('fence old') === fencedBefore;
        await generations.takeOver(next, former, onLook);
        takesOver = false;
      },
    };
    const onLook = async () => {
      if (takesOver) throw new Error('no longer');
    };
    await rejects(rebuild({ generations: long, log: logOf().log, live: 'old', onLook, signal }), /no longer/);
    strictEqual(done.includes('fence old'), fencedBefore);
    strictEqual(done.includes('refresh new'), false);
  }
});

test('one that does not come near says by how much', async () => {
  const { log } = logOf({ until: 20, pace: 5 });
  const said: bigint[] = [];
  await rebuild({
    generations: ground().generations,
    log,
    live: 'old',
    near: 3,
    onBehind: (messages) => said.push(messages),
    reportMs: 0,
    signal,
  });
  deepStrictEqual(said, [5n, 10n, 5n]);
});

test('without one that is shown nothing is removed', async () => {
  const { generations, all } = ground(undefined, [{ name: 'half', live: false, fed: true }]);
  deepStrictEqual(await tidyUp(generations), []);
  strictEqual(all().length, 1);
});

test('the distance counts what lies ahead, partition by partition', () => {
  const at = (...offsets: number[]) => new Map(offsets.map((offset, n) => [n, BigInt(offset)]));
  strictEqual(distance(at(1, 5), at(4, 3)), 3n);
  strictEqual(distance(new Map(), at(4, 3)), 7n);
});
