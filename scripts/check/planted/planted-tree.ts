import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { sourceFolders } from '../source-files.ts';
import { root } from '../tool.ts';

/** A file that breaks (or just keeps) a rule. */
export interface Plant {
  readonly file: string;
  readonly source: string;
}

const settings = [
  '.dependency-cruiser.mjs',
  '.oxlintrc.json',
  'biome.json',
  'knip.jsonc',
  'package.json',
  'pnpm-workspace.yaml',
  'tsconfig.json',
];

const leftOut = new Set(['target', 'dist']);

/** A service of the plants' own, which may import all of these. What the real ones need may change. */
export const plantedService = 'services/planted';
/** A chapter of the plants' own, with a driver. */
export const plantedChapter = 'shared/patterns/99-planted';

const shared = ['brokers', 'contracts', 'patterns', 'service-kit', 'testing', 'topology'];
const driver = 'shared/service-kit/node_modules/pg';

/** What is linked where, both relative to the copy. */
const links: readonly (readonly [target: string, link: string])[] = [
  [driver, `${plantedService}/node_modules/pg`],
  [driver, `${plantedChapter}/node_modules/pg`],
  ...shared.map((name) => [`shared/${name}`, `${plantedService}/node_modules/@conveyor/${name}`] as const),
];

/**
 * A copy of the repository with `plants` in it, so that the very settings of the repository are what
 * is tried, on its own packages. The copy is elsewhere: nothing that runs meanwhile can notice.
 */
export async function plantedTree(plants: readonly Plant[]) {
  const dir = await mkdtemp(join(tmpdir(), 'conveyor-planted-'));
  for (const file of settings) await cp(join(root, file), join(dir, file));
  for (const folder of sourceFolders) {
    // The packages' own node_modules are relative links: they lead to the copies, as they should.
    await cp(join(root, folder), join(dir, folder), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !leftOut.has(basename(path)),
    });
  }
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  for (const [target, link] of links) {
    await mkdir(join(dir, dirname(link)), { recursive: true });
    await symlink(join(dir, target), join(dir, link));
  }
  const manifest = {
    file: `${plantedService}/package.json`,
    source: '{ "name": "planted", "type": "module" }',
  };
  for (const { file, source } of [manifest, ...plants]) {
    await mkdir(join(dir, dirname(file)), { recursive: true });
    await writeFile(join(dir, file), source);
  }
  return { dir, remove: () => rm(dir, { recursive: true }) };
}
