import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Demo } from '../../shared/patterns/demo.ts';

const folder = join(import.meta.dirname, '../../shared/patterns');

/** The chapters that can be shown: name without its number → file, in the order of the chapters. */
export function chapters(): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .toSorted()
      .flatMap((name) => {
        const [, chapter] = /^\d+[a-z]?-(.+)$/.exec(name) ?? [];
        const file = join(folder, name, 'demo.ts');
        return chapter && existsSync(file) ? [[chapter, file] as const] : [];
      }),
  );
}

export async function loadDemo(file: string): Promise<Demo> {
  return ((await import(pathToFileURL(file).href)) as { readonly demo: Demo }).demo;
}
