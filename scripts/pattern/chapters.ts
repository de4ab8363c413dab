import { pathToFileURL } from 'node:url';
import type { Demo } from '../../shared/patterns/demo.ts';
import { chaptersWith } from '../rooms/chapter-folders.ts';

/** The chapters that can be shown: name without its number → file, in the order of the chapters. */
export const chapters = (): ReadonlyMap<string, string> => chaptersWith('demo.ts');

export async function loadDemo(file: string): Promise<Demo> {
  return ((await import(pathToFileURL(file).href)) as { readonly demo: Demo }).demo;
}
