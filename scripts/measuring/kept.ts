import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where results of measurements are kept, a file each: a report is made of all of them, so that they can be measured one by one. */
export interface Kept<Result> {
  /** Keeps a result in place of the one of that name before, with its plots, by file name. */
  put(name: string, result: Result, plots: ReadonlyMap<string, string>): Promise<void>;
  all(): Promise<readonly Result[]>;
}

export async function openKept<Result>(folder: string): Promise<Kept<Result>> {
  await mkdir(folder, { recursive: true });
  return {
    async put(name, result, plots) {
      await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
      for (const [file, plot] of plots) await writeFile(join(folder, file), plot);
    },
    async all() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      return texts.map((text) => JSON.parse(text) as Result);
    },
  };
}
