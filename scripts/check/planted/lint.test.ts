import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runTool } from '../tool.ts';
import { plantedService, plantedTree } from './planted-tree.ts';

const domain = `${plantedService}/src/domain`;

const plants = [
  {
    rule: 'lint/style/noRestrictedGlobals',
    file: `${domain}/planted-clock.ts`,
    source: 'export const now = () => new Date();\n',
  },
  {
    rule: 'lint/style/noRestrictedGlobals',
    file: `${domain}/planted-environment.ts`,
    source: 'export const limit = () => process.env.LIMIT;\n',
  },
  {
    rule: 'lint/style/noRestrictedGlobals',
    file: `${domain}/planted-timer.ts`,
    source: 'export const later = (work: () => void) => setTimeout(work, 1000);\n',
  },
  {
    rule: 'lint/style/noDefaultExport',
    file: 'shared/brokers/planted-default.ts',
    source: 'export default 1;\n',
  },
  {
    rule: 'lint/suspicious/noExplicitAny',
    file: 'shared/brokers/planted-any.ts',
    source: 'export const planted: any = 1;\n',
  },
  {
    rule: 'lint/suspicious/noConsole',
    file: `${plantedService}/src/planted-console.ts`,
    source: "console.log('planted');\n",
  },
  {
    rule: 'lint/style/useImportType',
    file: `${plantedService}/src/planted-type.ts`,
    source: "import { Pool } from 'pg';\n\nexport type Planted = Pool;\n",
  },
  {
    rule: 'lint/correctness/noUnusedImports',
    file: `${plantedService}/src/planted-import.ts`,
    source: "import { Pool } from 'pg';\n",
  },
  {
    rule: 'lint/correctness/noUnusedVariables',
    file: `${plantedService}/src/planted-variable.ts`,
    source: 'const planted = 1;\n',
  },
  {
    rule: 'lint/style/useFilenamingConvention',
    file: `${plantedService}/src/plantedName.ts`,
    source: 'export {};\n',
  },
  { rule: 'format', file: `${plantedService}/src/planted-format.ts`, source: 'export const planted = "1"\n' },
] as const;

/** The part of Biome's JSON that is read here. */
interface Report {
  readonly diagnostics: readonly { category: string; severity: string; location: { path: string } }[];
}

const files = plants.map(({ file }) => file);
let tree: Awaited<ReturnType<typeof plantedTree>>;
let report: Report;

before(async () => {
  tree = await plantedTree(plants);
  const { stdout } = await runTool('biome', ['check', '--reporter=json', ...files], tree.dir);
  report = JSON.parse(stdout) as Report;
});
after(() => tree.remove());

for (const { rule, file } of plants) {
  test(`${rule} reports ${file}`, () => {
    const found = report.diagnostics.filter(({ location }) => location.path === file);
    const errors = found.filter(({ severity }) => severity === 'error').map(({ category }) => category);
    assert.ok(errors.includes(rule), `reported were ${errors.join(', ') || 'none'}`);
  });
}
