import { execFile } from 'node:child_process';
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot } from './unprivileged.ts';

const run = promisify(execFile);

/** The folder of `name` (with its version in it) in the cache, if it is there. */
export async function inCache(name: string): Promise<string | undefined> {
  const dir = join(await cacheRoot(), name);
  return access(dir).then(
    () => dir,
    () => undefined,
  );
}

/**
 * The folder of `name` in the cache, filled by `fill` when it is not there. It gets its name only
 * when it is complete, so neither a broken download nor another clone's that is under way counts.
 */
export async function cached(name: string, fill: (dir: string) => Promise<void>): Promise<string> {
  const present = await inCache(name);
  if (present !== undefined) return present;
  const root = await cacheRoot();
  const making = await mkdtemp(join(root, `.making-${name}-`));
  try {
    await fill(making);
    // The servers' user is another one when root runs this.
    await run('chmod', ['-R', 'a+rX', making]);
    await rename(making, join(root, name));
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    const another = await inCache(name);
    if (another === undefined) throw error;
  }
  return join(root, name);
}
