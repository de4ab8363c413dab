import { execFile } from 'node:child_process';
import { readdir, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { reachable } from './unprivileged.ts';

const run = promisify(execFile);

/** What Kafka 4 and Elasticsearch 8.19 need at least. */
export const oldestJava = 17;

/** 17 of `openjdk version "17.0.9" 2023-10-17`; 8 of `"1.8.0_392"`. */
export function majorOf(banner: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(banner);
  return match === null ? undefined : Number(match[1]);
}

/** Where the package managers of Debian and of macOS put a Java, below `root`. Homebrew's own is on no PATH. */
export async function installedHomes(root: string): Promise<string[]> {
  const eachIn = async (folder: string, home = '') => {
    const names = await readdir(join(root, folder)).catch(() => []);
    return names.sort().map((name) => join(root, folder, name, home));
  };
  return [
    ...(await eachIn('usr/lib/jvm')),
    join(root, 'opt/homebrew/opt/openjdk'),
    join(root, 'usr/local/opt/openjdk'),
    ...(await eachIn('Library/Java/JavaVirtualMachines', 'Contents/Home')),
  ];
}

async function homes(): Promise<string[]> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map(async (dir) => {
    const java = await realpath(join(dir, 'java')).catch(() => undefined);
    return java === undefined ? [] : [dirname(dirname(java))];
  });
  return [
    ...(process.env['JAVA_HOME'] ? [process.env['JAVA_HOME']] : []),
    ...(await Promise.all(onPath)).flat(),
    ...(await installedHomes('/')),
  ];
}

/** The home of the first Java that is new enough and that the servers' user can reach. */
export async function findJava(): Promise<string | undefined> {
  for (const home of new Set(await homes())) {
    const java = await realpath(join(home, 'bin', 'java')).catch(() => undefined);
    if (java === undefined || !(await reachable(java))) continue;
    const major = await run(java, ['-version']).then(
      ({ stderr }) => majorOf(stderr),
      () => undefined,
    );
    if (major !== undefined && major >= oldestJava) return dirname(dirname(java));
  }
  return undefined;
}

/** As `findJava`; provisioning has made sure of it. */
export async function javaHome(): Promise<string> {
  const home = await findJava();
  if (home === undefined) throw new Error(`Found no Java ${oldestJava} or newer`);
  return home;
}
