import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './cache.ts';
import { ensureInstalled, type SystemPackage } from './system-packages.ts';

const run = promisify(execFile);

const python: SystemPackage = {
  what: 'Python 3 with venv (Schemathesis, which fuzzes the HTTP interface, is written in it)',
  apt: ['python3-venv'],
  brew: 'python',
  // Debian's python3 alone has venv, but not what it puts pip into a folder by.
  present: () =>
    run('python3', ['-c', 'import venv, ensurepip']).then(
      () => true,
      () => false,
    ),
};

/**
 * The folder of programs of a Python environment with exactly what `requirements` names, versions and hashes included; made once
 * for each content of that file, and kept in the cache.
 */
export async function providePython(requirements: string, log: (line: string) => void): Promise<string> {
  await ensureInstalled([python], { log });
  const content = await readFile(requirements, 'utf8');
  const name = basename(requirements, '.txt');
  const version = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const dir = await cached(`python-${name}-${version}`, async (making) => {
    log(`installing ${name} from PyPI`);
    await run('python3', ['-m', 'venv', making]);
    const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary=:all:'];
    await run(join(making, 'bin/python'), ['-m', 'pip', 'install', ...options, '-r', requirements], {
      maxBuffer: 64 * 1024 * 1024,
    });
  });
  return join(dir, 'bin');
}
