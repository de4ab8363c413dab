import { execFile } from 'node:child_process';
import { access, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { findJava, oldestJava } from './java.ts';

const run = promisify(execFile);

/** Something that comes from the operating system and not from a cache of ours. */
export interface SystemPackage {
  readonly what: string;
  /** Names of the Debian package, best first; not every release has every one. */
  readonly apt: readonly string[];
  readonly brew: string;
  present(): Promise<boolean>;
}

/** The first of these paths and of the PATH's folders that holds the program. */
export async function findProgram(name: string, paths: readonly string[] = []): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, name));
  for (const path of [...paths, ...onPath]) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

export const java: SystemPackage = {
  what: `Java ${oldestJava} or newer`,
  apt: ['openjdk-21-jre-headless', 'openjdk-17-jre-headless'],
  brew: 'openjdk',
  present: async () => (await findJava()) !== undefined,
};

export const maven: SystemPackage = {
  what: 'Maven (it fetches Kafka and Elasticsearch)',
  apt: ['maven'],
  brew: 'maven',
  present: async () => (await findProgram('mvn')) !== undefined,
};

export interface InstallOptions {
  /** Install without asking, even from a terminal. */
  readonly yes?: boolean;
  readonly log: (line: string) => void;
}

/** Installs what is missing by apt, as root on Debian and its like; else throws, with the command that installs it. */
export async function ensureInstalled(
  wanted: readonly SystemPackage[],
  options: InstallOptions,
): Promise<void> {
  const present = await Promise.all(wanted.map((each) => each.present()));
  const missing = wanted.filter((_, i) => !present[i]);
  if (missing.length === 0) return;
  const list = missing.map((each) => `  ${each.what}`).join('\n');
  if ((await findProgram('apt-get')) === undefined) {
    const brew = missing.map((each) => each.brew).join(' ');
    throw new Error(
      `Missing on this system:\n${list}\nInstall them first, with Homebrew for example: brew install ${brew}`,
    );
  }
  if (process.getuid?.() !== 0) {
    const names = await Promise.all(missing.map(async ({ apt }) => (await firstAvailable(apt)) ?? apt[0]));
    throw new Error(
      `Missing on this system:\n${list}\nInstall these first: sudo apt-get install --no-install-recommends ${names.join(' ')}`,
    );
  }
  if (
    !options.yes &&
    process.stdin.isTTY &&
    !(await agreed(`Missing on this system:\n${list}\nInstall by apt-get now? [Y/n] `))
  ) {
    throw new Error('Nothing was installed, nothing was started');
  }
  await aptInstall(missing, options.log);
}

async function agreed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question);
  terminal.close();
  return /^(y(es)?)?$/i.test(answer.trim());
}

async function aptInstall(missing: readonly SystemPackage[], log: (line: string) => void): Promise<void> {
  // RUNLEVEL and policy-rc.d keep packages from starting services of their own: ours run elsewhere.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args: string[]) =>
    run('apt-get', ['-qq', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
  log('apt-get update');
  await apt('update');
  const names = await Promise.all(
    missing.map(async (each) => {
      const name = await firstAvailable(each.apt);
      if (name !== undefined) return name;
      throw new Error(`apt knows none of ${each.apt.join(', ')}: install ${each.what} by hand`);
    }),
  );
  log(`apt-get install ${names.join(' ')}`);
  await withoutServiceStarts(() => apt('install', '--no-install-recommends', ...names));
}

/** The first of these packages that this release has, as far as the last update of apt's lists tells. */
async function firstAvailable(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const { stdout } = await run('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(stdout)) return name;
  }
  return undefined;
}

async function withoutServiceStarts(install: () => Promise<unknown>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(
    () => true,
    () => false,
  );
  try {
    await install();
  } finally {
    if (ours) await rm(policy);
  }
}
