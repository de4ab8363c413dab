import { basename, matchesGlob } from 'node:path';
import { sourceFiles } from '../check/source-files.ts';
import { root } from '../check/tool.ts';

/** What a test needs, told by the end of its file name; the order in which they run, quick ones first. */
export const kinds = ['unit', 'db', 'broker', 'process', 'component', 'system', 'e2e'] as const;
export type Kind = (typeof kinds)[number];

/** `outbox.db.test.ts` is of kind `db`, `outbox.test.ts` a unit test: without servers. */
export function kindOf(file: string): Kind {
  const name = basename(file);
  return kinds.find((kind) => name.endsWith(`.${kind}.test.ts`)) ?? 'unit';
}

/** Quick kinds first, by name within a kind. */
export function inOrder(files: readonly string[]): string[] {
  const rank = (file: string) => kinds.indexOf(kindOf(file));
  return files.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** The files that a developer means by `wanted`: parts of paths or globs. All of them when none is given. */
export function matching(files: readonly string[], wanted: readonly string[]): string[] {
  if (wanted.length === 0) return [...files];
  const isMeant = (file: string) => wanted.some((part) => file.includes(part) || matchesGlob(file, part));
  return files.filter(isMeant);
}

/** An exercise fails until its reader has done it: it is run by a test of its own. */
const isExercise = (file: string) => basename(file) === 'exercise.test.ts';

/** Every test of the repository, relative to its root, in the order to run them. */
export async function testFiles(): Promise<string[]> {
  const files = await sourceFiles(root);
  return inOrder(files.filter((file) => file.endsWith('.test.ts') && !isExercise(file)));
}
