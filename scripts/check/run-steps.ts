import type { Step } from './steps.ts';

/**
 * Runs the steps in turn, each reported on a line of its own with its seconds and with what it
 * found. A failed step does not stop the next one: all findings are worth seeing at once.
 * Resolves with whether all passed.
 */
export async function runSteps(steps: readonly Step[], log: (line: string) => void): Promise<boolean> {
  let allPassed = true;
  for (const step of steps) {
    const start = performance.now();
    const findings = await step.run().catch((error: unknown) => String(error));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    log(`${findings === '' ? '✔' : '✖'} ${step.name} (${seconds} s)`);
    if (findings === '') continue;
    allPassed = false;
    log(`${findings}\n`);
  }
  return allPassed;
}
