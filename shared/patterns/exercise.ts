import { existsSync } from 'node:fs';

/**
 * The reader's answer to the exercise of a chapter: what `yours.ts` beside the test exports; or with
 * `EXERCISE=solution` in the environment the chapter's own. `test`: the test's `import.meta.url`.
 *
 * Rejects, saying what to do, while there is no `yours.ts`.
 */
export async function answerTo<Answer>(test: string): Promise<Answer> {
  const name = process.env['EXERCISE'] === 'solution' ? 'solution.ts' : 'yours.ts';
  const file = new URL(name, test);
  if (!existsSync(file))
    throw new Error(`Write ${file.pathname}: the README of the chapter says what it must export`);
  return (await import(file.href)) as Answer;
}
