// What can be known without running the system: types, format and lint, promises, boundaries, dead code.
import { runSteps } from './check/run-steps.ts';
import { steps } from './check/steps.ts';

if (!(await runSteps(steps, console.log))) process.exitCode = 1;
