import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { brokenLimits, type Figures, limitsOf } from './limits.ts';

const good: Figures = {
  orders: 100,
  completed: 80,
  cancelled: 20,
  perSecond: 5,
  strikes: 3,
  recoverySeconds: 4,
  finalSeconds: 2,
  quietSeconds: 3,
  lost: 0,
  doubled: 0,
  differing: 0,
  unanswered: 0,
  slowestAnswer: 1,
  refused: 0,
  givenUp: 0,
  underWay: 0,
  cutInFlight: 0,
  exitSeconds: 0,
  breakerOpened: 0,
  acceptedMeanwhile: 0,
  outboxPeak: 0,
  grownMiB: 30,
  leastShare: 0,
};
const within10 = { figure: 'recoverySeconds', atMost: 10 } as const;

test('what was kept is not told', () => {
  deepStrictEqual(brokenLimits(limitsOf({ limits: [within10] }), good), []);
});

test('each figure beyond its limit is told', () => {
  const bad = { ...good, lost: 1, recoverySeconds: 10.1 };
  deepStrictEqual(
    brokenLimits(limitsOf({ limits: [within10] }), bad).map(({ figure }) => figure),
    ['lost', 'recoverySeconds'],
  );
});

test('what never came keeps no limit', () => {
  deepStrictEqual(brokenLimits([within10], { ...good, recoverySeconds: undefined }), [within10]);
});

test('a fault that has not struck holds nothing, nor does one during which orders were refused', () => {
  const idle = { ...good, strikes: 0, refused: 1 };
  deepStrictEqual(
    brokenLimits(limitsOf({ limits: [] }), idle).map(({ figure }) => figure),
    ['strikes', 'refused'],
  );
});

test('too little is told as well', () => {
  const limit = { figure: 'strikes', atLeast: 5 } as const;
  deepStrictEqual(brokenLimits([limit], good), [limit]);
});

test('whatever is broken, a system that does not come back or come to rest falls short', () => {
  const never = { ...good, recoverySeconds: undefined, quietSeconds: undefined };
  deepStrictEqual(
    brokenLimits(limitsOf({ limits: [] }), never).map(({ figure }) => figure),
    ['recoverySeconds', 'quietSeconds'],
  );
});

test("a fault's own limit of a figure takes the place of the common one", () => {
  const limits = limitsOf({ limits: [within10] });
  deepStrictEqual(
    limits.filter(({ figure }) => figure === 'recoverySeconds'),
    [within10],
  );
});
