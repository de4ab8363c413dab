import { pathToFileURL } from 'node:url';
import type { Proof, Version } from '../../shared/patterns/proof.ts';
import { chaptersWith } from '../rooms/chapter-folders.ts';

/** The chapters that can be proven: name without its number → file, in the order of the chapters. */
export const provenChapters = (): ReadonlyMap<string, string> => chaptersWith('proof.ts');

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
