import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runTool } from '../tool.ts';
import { plantedService, plantedTree } from './planted-tree.ts';

const plants = [
  {
    rule: '@typescript-eslint/no-floating-promises',
    file: `${plantedService}/src/planted-floating.ts`,
    source: 'export function planted(work: () => Promise<void>): void {\n  work();\n}\n',
  },
  {
    rule: '@typescript-eslint/no-misused-promises',
    file: `${plantedService}/src/planted-misused.ts`,
    source:
      'export function planted(rows: number[], work: (row: number) => Promise<void>): void {\n' +
      '  rows.forEach(async (row) => {\n    await work(row);\n  });\n}\n',
  },
  {
    rule: '@typescript-eslint/await-thenable',
    file: `${plantedService}/src/planted-await.ts`,
    source: 'export async function planted(count: number): Promise<void> {\n  await count;\n}\n',
  },
  {
    rule: '@typescript-eslint/return-await',
    file: `${plantedService}/src/planted-return.ts`,
    source:
      'export async function planted(work: () => Promise<void>): Promise<void> {\n' +
      '  try {\n    return work();\n  } catch {\n    return;\n  }\n}\n',
  },
  {
    rule: 'no-restricted-properties',
    file: `${plantedService}/src/domain/planted-random.ts`,
    source: 'export const planted = () => Math.random();\n',
  },
] as const;

/** The part of ESLint's JSON that is read here. */
type Report = readonly {
  readonly filePath: string;
  readonly messages: readonly { ruleId: string; severity: number }[];
}[];

const error = 2;
const files = plants.map(({ file }) => file);
let tree: Awaited<ReturnType<typeof plantedTree>>;
let report: Report;

before(async () => {
  tree = await plantedTree(plants);
  const { stdout } = await runTool('eslint', ['--format', 'json', ...files], tree.dir);
  report = JSON.parse(stdout) as Report;
});
after(() => tree.remove());

for (const { rule, file } of plants) {
  test(`${rule} reports ${file}`, () => {
    const found = report.find(({ filePath }) => filePath === join(tree.dir, file))?.messages ?? [];
    const errors = found.filter(({ severity }) => severity === error).map(({ ruleId }) => ruleId);
    assert.deepEqual(errors, [rule]);
  });
}
