import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** What is of no version of the source, and large. */
const leftOut = ['.git', '.local', 'node_modules'];

/**
 * Copies the repository as it lies there into the folder `dir`, with the packages that are installed. Nothing that runs
 * meanwhile can notice; no history is needed, an unpacked archive will do.
 */
export async function copyRepository(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const names = (await readdir(root)).filter((name) => !leftOut.includes(name));
  for (const name of names) {
    // The packages' own node_modules are relative links: they lead to the copies, as they should.
    await cp(join(root, name), join(dir, name), { recursive: true, verbatimSymlinks: true });
  }
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
}

/**
 * A copy to which a patch was applied.
 *
 * @throws Error when the patch does not fit the files, with what git says.
 */
export async function patchedCopy(patch: string, dir: string): Promise<void> {
  await copyRepository(dir);
  await runIn(dir, 'git', 'apply', join(root, patch)).catch((cause: unknown) => {
    throw new Error(`${patch} does not apply any more; its head says how to make it anew`, { cause });
  });
}

/** Runs a program of the copy in `dir` to its end. Rejects with its output when it fails. */
export async function runIn(dir: string, program: string, ...args: readonly string[]): Promise<void> {
  // A runner inside a runner would report to the outer one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  // Else git would take a repository around the copy for the one that is meant, and pass over every file.
  const git = { GIT_CEILING_DIRECTORIES: dirname(dir) };
  await run(program, args, { cwd: dir, env: { ...env, ...git } }).catch((error: Output) => {
    throw new Error(`${error.message}\n${error.stdout}`);
  });
}

/** How a program failed; the message holds what it said on stderr. */
type Output = Error & { readonly stdout: string };
