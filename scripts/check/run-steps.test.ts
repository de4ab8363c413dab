import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSteps } from './run-steps.ts';

const step = (name: string, findings: string) => ({ name, run: async () => findings });

test('every step is reported on a line with its seconds', async () => {
  const lines: string[] = [];
  assert.equal(await runSteps([step('types', ''), step('lint', '')], (line) => lines.push(line)), true);
  assert.match(lines.join('\n'), /^✔ types \(\d+\.\d s\)\n✔ lint \(\d+\.\d s\)$/);
});

test('findings are printed, and the next step runs all the same', async () => {
  const lines: string[] = [];
  const passed = await runSteps([step('types', 'a.ts: wrong'), step('lint', '')], (line) => lines.push(line));
  assert.equal(passed, false);
  assert.match(lines.join('\n'), /✖ types .*\na\.ts: wrong\n\n✔ lint/);
});

test('several run at a time, and no more than allowed', async () => {
  let [running, most] = [0, 0];
  const slow = {
    name: 'slow',
    run: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return '';
    },
  };
  assert.equal(await runSteps([slow, slow, slow, slow], () => {}, 2), true);
  assert.equal(most, 2);
});

test('a step that breaks has failed', async () => {
  const broken = { name: 'types', run: () => Promise.reject(new Error('no such program')) };
  assert.equal(await runSteps([broken], () => {}), false);
});
