import { strictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { busiestOf } from './busiest-task.ts';

const RunTask = 'ThreadControllerImpl::RunTask';
const main = { name: 'thread_name', pid: 1, tid: 7, args: { name: 'CrRendererMain' } };

test('the longest task of a main thread counts, by its processor time, and no other thread', () => {
  const events = [
    { name: RunTask, pid: 1, tid: 7, tdur: 12_000, dur: 300_000 },
    { name: RunTask, pid: 1, tid: 7, tdur: 34_000 },
    { name: RunTask, pid: 1, tid: 8, tdur: 99_000 },
    { name: RunTask, pid: 2, tid: 7, tdur: 99_000 },
    { name: 'Paint', pid: 1, tid: 7, tdur: 99_000 },
    main,
  ];
  strictEqual(busiestOf(events), 34);
});

test('a trace without tasks tells nothing', () => {
  throws(() => busiestOf([main, { name: RunTask, pid: 1, tid: 7 }]), /no task/);
});
