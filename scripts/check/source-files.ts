import { glob } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The folders that hold code of ours. */
export const sourceFolders = ['services', 'shared', 'infra', 'scripts'] as const;

const notOurs = new Set(['node_modules', 'dist', '.local']);

/** Every TypeScript file below `cwd`'s source folders, relative to it, sorted. */
export async function sourceFiles(cwd: string): Promise<string[]> {
  const patterns = sourceFolders.map((folder) => join(folder, '**/*.{ts,tsx}'));
  const found: string[] = [];
  for await (const file of glob(patterns, { cwd, exclude: (name) => notOurs.has(basename(name)) })) {
    found.push(file);
  }
  return found.sort();
}
