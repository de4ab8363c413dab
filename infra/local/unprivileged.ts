import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { linkedHome } from './linked-home.ts';

// PostgreSQL and Elasticsearch refuse to run as root, and the other servers have no need of it. So
// when root starts the stack, its servers run as `nobody`: a user every Unix has, so none need be
// made. `nobody` cannot pass through a folder like /root (0700), where both the clone and the cache
// may live; loosening such a folder is not ours to do. Hence two rules, for root only: the cache is
// /var/cache/conveyor if nobody cannot reach the usual one, and so is the data of a stack if nobody
// cannot reach its folder (which then holds a link to it).

export interface User {
  readonly uid: number;
  readonly gid: number;
}

function id(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}

/** Whom the servers run as; undefined: as whoever runs this. */
export const serverUser: User | undefined =
  process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : undefined;

/** Whether the servers' user can pass through to `path`; parts that do not exist yet do not count against it. */
export async function reachable(path: string): Promise<boolean> {
  if (serverUser === undefined) return true;
  const found = await stat(path).catch(() => undefined);
  const open = found === undefined || found.uid === serverUser.uid || (found.mode & 0o001) !== 0;
  return open && (path === dirname(path) || reachable(dirname(path)));
}

/** Gives a folder of the stack to the servers' user. */
export async function ownedByServers(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (serverUser !== undefined) await chown(dir, serverUser.uid, serverUser.gid);
}

/** The cache of this user, shared by all clones: `${XDG_CACHE_HOME:-~/.cache}/conveyor`. */
export async function cacheRoot(): Promise<string> {
  const usual = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'conveyor');
  const root = (await reachable(usual)) ? usual : '/var/cache/conveyor';
  await mkdir(root, { recursive: true });
  if (serverUser !== undefined) await chmod(root, 0o755);
  return root;
}

/** Where the servers of the stack in `dir` keep their data: `<dir>/data`, or what that links to. */
export async function dataHome(dir: string): Promise<string> {
  const inside = join(resolve(dir), 'data');
  await mkdir(dir, { recursive: true });
  if (serverUser === undefined || (await reachable(dirname(resolve(dir))))) {
    await mkdir(inside, { recursive: true });
    // Passing through is enough: what lies in there has modes of its own.
    if (serverUser !== undefined) await Promise.all([chmod(dir, 0o711), chmod(inside, 0o711)]);
    return inside;
  }
  return linkedHome(inside, join(await cacheRoot(), 'data'));
}
