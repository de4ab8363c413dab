import { availableParallelism } from 'node:os';
import type { Step } from './steps.ts';

/**
 * Runs the steps, as many at a time as there are processors, each reported at its end on a line of its own with its
 * seconds and with what it found. A failed step does not stop the others: all findings are worth seeing at once.
 * Resolves with whether all passed.
 */
export async function runSteps(
  steps: readonly Step[],
  log: (line: string) => void,
  atOnce = availableParallelism(),
): Promise<boolean> {
  let allPassed = true;
  const waiting = steps.values();
  async function runNext(): Promise<void> {
    for (const step of waiting) {
      const start = performance.now();
      const findings = await step.run().catch((error: unknown) => String(error));
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      log(`${findings === '' ? '✔' : '✖'} ${step.name} (${seconds} s)`);
      if (findings === '') continue;
      allPassed = false;
      log(`${findings}\n`);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runNext));
  return allPassed;
}
