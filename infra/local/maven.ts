import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { javaHome } from './java.ts';
import { cacheRoot } from './unprivileged.ts';

const run = promisify(execFile);
const pom = fileURLToPath(new URL('pom.xml', import.meta.url));

/** The version that pom.xml pins. */
export function pinned(name: 'kafka' | 'elasticsearch'): string {
  const version = new RegExp(`<${name}\\.version>(.+)</`).exec(readFileSync(pom, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${pom} pins no version of ${name}`);
  return version;
}

/**
 * Runs one goal of pom.xml, such as `dependency:unpack@elasticsearch`, with `dir` as its output. What
 * it downloads stays in the cache too, so a download that broke off goes on where it was.
 */
export async function fetchByMaven(goal: string, dir: string): Promise<void> {
  const repository = join(await cacheRoot(), 'maven');
  try {
    await run('mvn', ['-B', '-q', '-f', pom, goal, `-Dinto=${dir}`, `-Dmaven.repo.local=${repository}`], {
      maxBuffer: 64 * 1024 * 1024,
      // Maven takes the variable as it finds it, and that may name a Java that is gone.
      env: { ...process.env, JAVA_HOME: await javaHome() },
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    const reason = `${stdout}${stderr}`.trim().split('\n').slice(0, 10).join('\n');
    throw new Error(`Maven could not fetch what ${goal} of ${pom} names:\n${reason}`, { cause: error });
  }
}
