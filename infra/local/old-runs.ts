import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { living } from './processes.ts';

/** The pid with which the name of a run's folder ends: `sagas-4711`, or `4711` alone. */
function pidIn(name: string): number | undefined {
  const pid = /\d+$/.exec(name)?.[0];
  return pid === undefined ? undefined : Number(pid);
}

/**
 * A run leaves its folder, for its logs are wanted when it has failed. Here the folders in `runs` go whose processes are
 * gone; those of runs under way stay, this process's own among them.
 */
export async function removeOldRuns(runs: string): Promise<void> {
  const names = await readdir(runs).catch(() => []);
  const alive = await living(names.map(pidIn).filter((pid) => pid !== undefined));
  const old = names.filter((name) => {
    const pid = pidIn(name);
    return pid !== undefined && !alive.includes(pid);
  });
  for (const name of old) {
    // Where servers of a killed run are still ending, or another user's run was, it is left for another time.
    await rm(join(runs, name), { recursive: true, force: true }).catch(() => {});
  }
}
