import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runTool } from '../tool.ts';
import { plantedService, plantedTree } from './planted-tree.ts';

const plants = [
  {
    rule: 'typescript(no-floating-promises)',
    file: `${plantedService}/src/planted-floating.ts`,
    source: 'export function planted(work: () => Promise<void>): void {\n  work();\n}\n',
  },
  {
    rule: 'typescript(no-misused-promises)',
    file: `${plantedService}/src/planted-misused.ts`,
    source:
      'export function planted(rows: number[], work: (row: number) => Promise<void>): void {\n' +
      '  rows.forEach(async (row) => {\n    await work(row);\n  });\n}\n',
  },
  {
    rule: 'typescript(await-thenable)',
    file: `${plantedService}/src/planted-await.ts`,
    source: 'export async function planted(count: number): Promise<void> {\n  await count;\n}\n',
  },
  {
    rule: 'typescript(return-await)',
    file: `${plantedService}/src/planted-return.ts`,
    source:
      'export async function planted(work: () => Promise<void>): Promise<void> {\n' +
      '  try {\n    return work();\n  } catch {\n    return;\n  }\n}\n',
  },
  {
    rule: 'eslint(no-restricted-properties)',
    file: `${plantedService}/src/domain/planted-random.ts`,
    source: 'export const planted = () => Math.random();\n',
  },
] as const;

/** The part of oxlint's JSON that is read here. */
interface Report {
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly code: string;
    readonly severity: string;
  }[];
}

const files = plants.map(({ file }) => file);
let tree: Awaited<ReturnType<typeof plantedTree>>;
let report: Report;

before(async () => {
  tree = await plantedTree(plants);
  const { stdout } = await runTool('oxlint', ['--format', 'json', ...files], tree.dir);
  report = JSON.parse(stdout) as Report;
});
after(() => tree.remove());

for (const { rule, file } of plants) {
  test(`${rule} reports ${file}`, () => {
    const found = report.diagnostics.filter(({ filename }) => filename === file);
    const errors = found.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    assert.deepEqual(errors, [rule]);
  });
}
