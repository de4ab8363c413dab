import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

const forsakenAfterMs = 30 * 86_400_000;

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

/**
 * The folder below `homes` that the link `inside` leads to; made when there is none. It holds the name of that link: when
 * the clone around it was moved, the data goes along; when it was copied, the copy gets a home of its own.
 */
export async function linkedHome(inside: string, homes: string): Promise<string> {
  await mkdir(homes, { recursive: true });
  const known = await homeBehind(inside);
  // By a name that no other has ever had: one made of the clone's path would be that of a clone which was moved from there.
  const home = known ?? (await mkdtemp(join(homes, 'data-')));
  if (known === undefined) {
    // A link that leads to nothing, or to the data of the clone that this one is a copy of.
    await rm(inside, { force: true });
    await symlink(home, inside);
  }
  await writeFile(originOf(home), inside);
  await removeForsaken(homes);
  await Promise.all([chmod(homes, 0o711), chmod(home, 0o711)]);
  return home;
}

const originOf = (home: string) => join(home, 'origin');

const linkOf = (path: string) => readlink(path).catch(() => undefined);

/** Where the link leads, if the data there is its own. */
async function homeBehind(inside: string): Promise<string | undefined> {
  const home = await linkOf(inside);
  if (home === undefined) return undefined;
  const origin = await readFile(originOf(home), 'utf8').catch(() => undefined);
  if (origin === undefined) return undefined;
  const isCopy = origin !== inside && (await linkOf(origin)) === home;
  return isCopy ? undefined : home;
}

/**
 * A stack is forgotten by deleting its folder; then its linked data goes with the next start. Where all around that folder
 * is missing as well, or belongs to another stack, it may have been moved, or lie on a disk that is away just now: then its
 * data goes only when nobody has used it for a month.
 */
async function removeForsaken(homes: string): Promise<void> {
  for (const name of await readdir(homes)) {
    const home = join(homes, name);
    const origin = await readFile(originOf(home), 'utf8').catch(() => undefined);
    if (origin === undefined || (await linkOf(origin)) === home) continue;
    const isDeleted = !(await exists(origin)) && (await exists(dirname(dirname(origin))));
    const { mtimeMs } = await stat(originOf(home));
    if (isDeleted || Date.now() - mtimeMs > forsakenAfterMs) await rm(home, { recursive: true });
  }
}
