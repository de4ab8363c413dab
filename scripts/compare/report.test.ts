import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barPlot } from '../report/bar-plot.ts';
import { judgements } from './material.ts';
import type { Measured } from './measure.ts';
import { type Row, report } from './report.ts';
import { scenarios } from './scenarios.ts';

const measured: Measured = {
  perSecond: 1_234.4,
  p50: 5.55,
  p99: 17.25,
  overtaken: 0,
  redeliveredAfter: 4_321,
  replayable: 71,
  sent: 73,
};
const circumstances = { date: '2026-11-25', machine: 'a machine', size: { burst: 97, paced: 41, seed: 7 } };

function rowsWith(change: Partial<Measured>): readonly Row[] {
  const kafka = { ...measured, ...change };
  return [{ pattern: 'point-to-point', what: 'a queue', on: { rabbitmq: measured, kafka } }];
}

test('every cell comes from what was measured: another figure is another cell', () => {
  const before = report(rowsWith({}), circumstances);
  for (const cell of ['1,234', '5.5', '17.3', 'yes', '4.3 s', '71 of 73', '97', '41', 'seed 7']) {
    assert.ok(before.includes(cell), `${cell} is not told`);
  }
  const changes: Partial<Measured>[] = [
    { perSecond: 99 },
    { p50: 1 },
    { p99: 2 },
    { overtaken: 3 },
    { redeliveredAfter: 4 },
    { replayable: 0 },
  ];
  for (const change of changes) assert.notEqual(report(rowsWith(change), circumstances), before);
});

test('what has no meaning for a call is left open', () => {
  const call: Measured = { perSecond: 10, p50: 1, p99: 2 };
  const row = { pattern: 'request-reply', what: 'a question', on: { rabbitmq: call, kafka: call } };
  assert.match(report([row], circumstances), /\| 10 \| 1\.0 \| 2\.0 \| – \| – \| – \|/);
});

test('the chart tells which broker is faster only by what was measured', () => {
  assert.match(report(rowsWith({ perSecond: 2_468.8 }), circumstances), /Kafka, 2\.0 times/);
  assert.match(report(rowsWith({ perSecond: 617.2 }), circumstances), /RabbitMQ, 2\.0 times/);
});

test('every pattern that is measured is judged', () => {
  assert.deepEqual(
    scenarios(100).map(({ pattern }) => pattern),
    Object.keys(judgements),
  );
});

test('the longest bar is that of the largest value', () => {
  const svg = barPlot('Speed', ['a', 'b'], [{ label: 'x & y', values: [50, 100] }], 0);
  const widths = [...svg.matchAll(/width="(\d+\.\d)" height="10"/g)].map(([, width]) => Number(width));
  assert.deepEqual(widths, [230, 460]);
  assert.match(svg, /x &amp; y/);
});
