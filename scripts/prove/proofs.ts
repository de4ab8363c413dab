import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Proof, Version } from '../../shared/patterns/proof.ts';

const folder = join(import.meta.dirname, '../../shared/patterns');

/** The chapters that can be proven: name without its number → file, in the order of the chapters. */
export function provenChapters(): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .toSorted()
      .flatMap((name) => {
        const [, chapter] = /^\d+[a-z]?-(.+)$/.exec(name) ?? [];
        const file = join(folder, name, 'proof.ts');
        return chapter && existsSync(file) ? [[chapter, file] as const] : [];
      }),
  );
}

export async function loadProofs(chapter: string): Promise<readonly Proof[]> {
  const file = provenChapters().get(chapter);
  if (!file) throw new Error(`${chapter} has no proof`);
  return ((await import(pathToFileURL(file).href)) as { readonly proofs: readonly Proof[] }).proofs;
}

/** @throws Error when the proof has no such version. */
export function versionOf({ right, twins }: Proof, name: string): Version {
  const version = name === 'right' ? right : twins[name]?.version;
  if (!version) throw new Error(`there is no version ${name}`);
  return version;
}
