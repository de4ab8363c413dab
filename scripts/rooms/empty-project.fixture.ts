import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../check/tool.ts';
import { type Chapter, chapterFolders } from './chapter-folders.ts';

/** Where what a chapter may need from npm is installed. */
const packages = {
  amqplib: 'patterns',
  cockatiel: 'patterns',
  kafkajs: 'patterns',
  pg: 'patterns',
  uuid: 'brokers',
};

export interface EmptyProject {
  readonly dir: string;
  /** Where a chapter was copied to. */
  folder(chapter: Chapter): string;
  remove(): void;
}

/** A project of somebody else: with the drivers, our `brokers`, and the chapters that he has copied. */
export function createEmptyProject(copied: readonly Chapter[]): EmptyProject {
  const dir = mkdtempSync(join(tmpdir(), 'empty-project-'));
  const patterns = join(root, 'shared/patterns');
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'empty', type: 'module' }));
  mkdirSync(join(dir, 'node_modules/@conveyor'), { recursive: true });
  for (const [name, owner] of Object.entries(packages))
    symlinkSync(join(root, 'shared', owner, 'node_modules', name), join(dir, 'node_modules', name));
  const withoutPackages = { recursive: true, filter: (path: string) => !path.endsWith('node_modules') };
  cpSync(join(root, 'shared/brokers'), join(dir, 'brokers'), withoutPackages);
  mkdirSync(join(dir, 'patterns'));
  cpSync(join(patterns, 'package.json'), join(dir, 'patterns/package.json'));
  // What a demo, a proof and an exercise are: types, and where a reader's answer is.
  for (const name of readdirSync(patterns).filter((each) => each.endsWith('.ts')))
    cpSync(join(patterns, name), join(dir, 'patterns', name));
  const folder = (chapter: Chapter) =>
    join(dir, 'patterns', chapter.folder.slice(dirname(chapter.folder).length + 1));
  for (const chapter of copied) cpSync(chapter.folder, folder(chapter), { recursive: true });
  for (const name of ['brokers', 'patterns'])
    symlinkSync(join(dir, name), join(dir, 'node_modules/@conveyor', name));
  return { dir, folder, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** The code of a chapter that is to be copied: without tests and what they stand on. */
export function codeOf({ folder }: Chapter): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.ts') && !/[.](test|fixture)[.]ts$/.test(name));
}

/** The chapters whose code a chapter's code imports, directly or by another; itself among them. */
export function neededBy(chapter: Chapter): readonly Chapter[] {
  const all = chapterFolders();
  const needed = new Set(all.filter(({ name }) => name === chapter.name));
  for (const each of needed) {
    for (const file of codeOf(each)) {
      const text = readFileSync(join(each.folder, file), 'utf8');
      for (const [, name] of text.matchAll(/@conveyor\/patterns\/([a-z-]+)\//g)) {
        const other = all.find((candidate) => candidate.name === name);
        if (other) needed.add(other);
      }
    }
  }
  return [...needed];
}
