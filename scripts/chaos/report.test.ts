import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fault, faults } from '../../infra/chaos/faults.ts';
import type { Figures } from '../../infra/chaos/limits.ts';
import { timePlot } from '../measuring/time-plot.ts';
import { lineOf, type Measured, report } from './report.ts';

const figures: Figures = {
  orders: 1_234,
  completed: 1_001,
  cancelled: 233,
  perSecond: 5.25,
  strikes: 17,
  recoverySeconds: 4.4,
  finalSeconds: 2.2,
  quietSeconds: 3.3,
  lost: 0,
  doubled: 0,
  differing: 0,
  unanswered: 0,
  slowestAnswer: 6.6,
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
const measured: Measured = {
  fault: 'services',
  seed: 7,
  size: { orders: 1_000, times: 2, awayMs: 15_000, atOnce: 20 },
  figures,
  findings: { lost: [], doubled: [], differing: [], givenUp: [] },
  strikes: [{ name: 'payment', at: 3, over: 3, recovery: 4.4 }],
  throughput: { every: 2, ended: [1, 2] },
  date: '2026-11-26',
  machine: 'a machine',
  command: 'npm run chaos -- --fault services',
};

const services = faults.find(({ name }) => name === 'services') as Fault;

test('every figure comes from what was measured, with the command that measured it', () => {
  const text = report(faults, [measured]);
  for (const cell of [
    '1,234',
    '17',
    '4.4 s',
    '2.2 s',
    '6.6',
    'seed 7',
    '20 clients',
    'a machine',
    measured.command,
  ])
    assert.ok(text.includes(cell), `${cell} is not told`);
  assert.match(
    text,
    /\| \[services\]\(#services\) \| 1,234 \| 17 \| 4\.4 s \| 2\.2 s \| 0 \| 0 \| 0 \| holds \|/,
  );
});

test('what was not measured is said to be so', () => {
  assert.match(report(faults, [measured]), /\[postgres\]\(#postgres\) \|( – \|){7} not measured/);
});

test('what falls short is told, by its id, in the report and in the line', () => {
  const lost = { ...figures, lost: 1, finalSeconds: undefined };
  const bad: Measured = {
    ...measured,
    figures: lost,
    findings: { ...measured.findings, lost: ['accepted-order-lost ghost: there is no stream'] },
  };
  const text = report(faults, [bad]);
  assert.match(text, /\| lost: none \| 1 \| falls short \|/);
  assert.match(text, /- accepted-order-lost ghost/);
  assert.match(text, /\| never \|/);
  assert.match(lineOf(services, bad), /1 lost.*FALLS SHORT: lost: none, seen 1/);
  assert.match(lineOf(services, measured), /holds$/);
});

test('a plot over time has a line for each strike', () => {
  const marks = [
    { at: 1, label: 'payment' },
    { at: 3, label: 'a & b' },
  ];
  const svg = timePlot('Orders', [1, 2], 2, marks);
  assert.equal(svg.match(/class="mark"/g)?.length, 2);
  assert.match(svg, /a &amp; b/);
});
