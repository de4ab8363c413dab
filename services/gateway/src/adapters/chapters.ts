import { readdir, readFile } from 'node:fs/promises';
import type { PatternSummary } from '@conveyor/contracts/http';

/** A chapter, and its README. */
export interface Chapter extends PatternSummary {
  readonly readme: string;
}

/** The chapters in the folder `patterns`, in their order. */
export async function readChapters(patterns: URL): Promise<readonly Chapter[]> {
  const folders = (await readdir(patterns)).filter((folder) => numberedName.test(folder)).toSorted();
  return Promise.all(
    folders.map(async (folder) =>
      chapterOf(folder, await readFile(new URL(`${folder}/README.md`, patterns), 'utf8')),
    ),
  );
}

const numberedName = /^(\d+[a-z]?)-(.+)$/;

/** `folder` for example `06-dead-letter-queue`. The title is the first heading, the summary the first paragraph. */
export function chapterOf(folder: string, readme: string): Chapter {
  const [, number = '', name = folder] = numberedName.exec(folder) ?? [];
  const heading = /^# +(?:\d+[a-z]? +)?(.+)$/m.exec(readme)?.[1];
  const paragraph = readme
    .split(/\n\s*\n/)
    // A heading may stand right above its text.
    .map((block) => block.replace(/^(#.*(\n|$))+/, '').trim())
    .find((block) => block !== '');
  return {
    number,
    name,
    title: heading?.trim() ?? name,
    summary: paragraph?.replaceAll(/\s*\n\s*/g, ' ') ?? '',
    readme,
  };
}
