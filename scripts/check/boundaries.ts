import { sourceFiles, sourceFolders } from './source-files.ts';
import { runTool } from './tool.ts';

/** One import that a rule of .dependency-cruiser.mjs forbids. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** The part of dependency-cruiser's JSON that is read here. */
interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { rule: { name: string }; from: string; to: string }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { name: string; comment: string }[] };
  };
}

async function cruise(cwd: string): Promise<Cruise> {
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...sourceFolders];
  const { stdout, output } = await runTool('depcruise', args, cwd);
  try {
    return JSON.parse(stdout) as Cruise;
  } catch (cause) {
    throw new Error(`dependency-cruiser did not finish:\n${output}`, { cause });
  }
}

function violationsOf(result: Cruise): Violation[] {
  return result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

/** Every forbidden import in the tree below `cwd`. */
export async function findViolations(cwd: string): Promise<Violation[]> {
  return violationsOf(await cruise(cwd));
}

/** The files that were not looked at: with a TypeScript it cannot use, dependency-cruiser sees none and is content. */
export function overlooked(files: readonly string[], modules: readonly { source: string }[]): string[] {
  const seen = new Set(modules.map((module) => module.source));
  return files.filter((file) => !seen.has(file));
}

/** What is wrong with the imports below `cwd`, in words; empty when nothing is. */
export async function boundaryFindings(cwd: string): Promise<string[]> {
  const [files, result] = [await sourceFiles(cwd), await cruise(cwd)];
  const comments = new Map(result.summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]));
  return [
    ...overlooked(files, result.modules).map((file) => `${file}: dependency-cruiser did not see it`),
    ...violationsOf(result).map(
      ({ rule, from, to }) => `${from} imports ${to}\n    ${rule}: ${comments.get(rule) ?? ''}`,
    ),
  ];
}
