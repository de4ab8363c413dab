import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A piece of code that is made worse. */
export interface Mutation {
  /** The chapter whose proof must notice. */
  readonly chapter: string;
  readonly file: string;
  /** What is damaged, in a few words. */
  readonly damage: string;
  readonly from: string;
  readonly to: string;
}

/** @throws Error when the code to be damaged is no longer there: the mutation is to be written anew then. */
export async function damage(dir: string, { file, from, to }: Mutation): Promise<() => Promise<void>> {
  const path = join(dir, file);
  const text = await readFile(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`);
  await writeFile(path, text.replace(from, to));
  return () => writeFile(path, text);
}

/** Runs `npm run prove -- …` of the copy in `dir`; resolves with its exit code and all that it said. */
export async function prove(dir: string, ...args: readonly string[]) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(dir, 'scripts/prove.ts'), ...args], {
    cwd: dir,
    env: { ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  return { code: code as number | null, said };
}
