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
  'biome.json',
  'eslint.config.mjs',
  'knip.jsonc',
  'package.json',
  'pnpm-workspace.yaml',
  'tsconfig.json',
];

const leftOut = new Set(['target', 'dist']);

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
  for (const { file, source } of plants) {
    await mkdir(join(dir, dirname(file)), { recursive: true });
    await writeFile(join(dir, file), source);
  }
  return { dir, remove: () => rm(dir, { recursive: true }) };
}
