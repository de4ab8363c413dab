import assert from 'node:assert/strict';
import { test } from 'node:test';
import { family, psRow, statusRow } from './processes.ts';

test('a process is read from /proc', () => {
  const status = 'Name:\tbeam.smp\nState:\tS (sleeping)\nPid:\t42\nPPid:\t7\nVmRSS:\t  2048 kB\n';
  assert.deepEqual(statusRow(status), { pid: 42, parent: 7, memory: 2048 * 1024 });
});

test('a process is read from ps', () => {
  assert.deepEqual(psRow('  42     7   2048 Ss  '), { pid: 42, parent: 7, memory: 2048 * 1024 });
});

test('a zombie is no process any more', () => {
  assert.equal(statusRow('Name:\tsh\nState:\tZ (zombie)\nPid:\t42\nPPid:\t1\n'), undefined);
  assert.equal(psRow('42 1 0 Z'), undefined);
});

test('a family is a process with all its descendants', () => {
  const row = (pid: number, parent: number) => ({ pid, parent, memory: 0 });
  const all = [row(1, 0), row(2, 1), row(3, 2), row(4, 1), row(5, 3)];
  assert.deepEqual(
    family(2, all).map((each) => each.pid),
    [2, 3, 5],
  );
});
