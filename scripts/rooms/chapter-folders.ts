import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const patterns = join(import.meta.dirname, '../../shared/patterns');

export interface Chapter {
  /** `09a`. */
  readonly number: string;
  /** `saga-choreography`. */
  readonly name: string;
  readonly folder: string;
}

/** All chapters, in their order. */
export function chapterFolders(): readonly Chapter[] {
  return readdirSync(patterns)
    .toSorted()
    .flatMap((folder) => {
      const [, number, name] = /^(\d+[a-z]?)-(.+)$/.exec(folder) ?? [];
      return number && name ? [{ number, name, folder: join(patterns, folder) }] : [];
    });
}

/** By its number (`1`, `01`, `9a`) or its name. */
export function chapterNamed(wanted: string): Chapter | undefined {
  return chapterFolders().find(
    ({ number, name }) => name === wanted || number === wanted.padStart(number.length, '0'),
  );
}

/** Those that have the room `file`: name → where it is, in the order of the chapters. */
export function chaptersWith(file: string): ReadonlyMap<string, string> {
  return new Map(
    chapterFolders()
      .map(({ name, folder }) => [name, join(folder, file)] as const)
      .filter(([, path]) => existsSync(path)),
  );
}
