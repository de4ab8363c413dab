import { boundaryFindings } from './boundaries.ts';
import { roomFindings } from './rooms.ts';
import { root, runTool } from './tool.ts';

/** One static check. `run` resolves with what it found, in words; with nothing when all is well. */
export interface Step {
  readonly name: string;
  run(): Promise<string>;
}

function toolStep(name: string, tool: string, ...args: string[]): Step {
  return {
    name,
    async run() {
      const { code, output } = await runTool(tool, args);
      if (code === 0) return '';
      return output.trim() || `${tool} ended with ${code} and said nothing`;
    },
  };
}

/** The types of what `project` names; remembered under `name`, so that the next time is faster. */
function typeStep(step: string, project: string, name: string): Step {
  const memory = ['--incremental', '--tsBuildInfoFile', `.local/check/${name}.tsbuildinfo`];
  return toolStep(step, 'tsc', '--noEmit', '--project', project, ...memory);
}

const types = typeStep('types', 'tsconfig.json', 'types');
// Apart, because there is a browser around it and no Node.
const consoleTypes = typeStep('types of the console', 'services/gateway/web/tsconfig.json', 'console-types');
const formatAndLint = toolStep('format and lint', 'biome', 'check', '--error-on-warnings', '.');
const promises = toolStep('promises', 'oxlint', '--deny-warnings', '.');
const boundaries: Step = {
  name: 'boundaries',
  run: async () => (await boundaryFindings(root)).join('\n'),
};
const rooms: Step = {
  name: 'rooms of the chapters',
  run: async () => roomFindings().join('\n'),
};
const deadCode = toolStep('dead code', 'knip', '--no-config-hints');

/** What answers within seconds. */
export const quickSteps: readonly Step[] = [types, consoleTypes, formatAndLint, rooms, boundaries];

export const steps: readonly Step[] = [...quickSteps, promises, deadCode];
