import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './cache.ts';

const run = promisify(execFile);

const version = '1.7.12';

/** What npm has of this version, by machine: SHA-512 in base64. */
const packages: Readonly<Record<string, string>> = {
  'darwin-arm64': 'pHrZMaaeBJxXTgI19WG/aJvxuUDQ2nhSDEEJVseTZQiTEdJ7hboPlhvYacgXIE2iMnLMmWkN5XIlXqosHK8Byg==',
  'darwin-x64': 'ZRS1kk3S4pzIiup2IRRQ3eHoKJSZ43FG4rDe7UbGFWwZ/Yz0xSDa4/3/kiuwaMHXWs/CsKtJe0shx8JCR0DO1g==',
  'linux-arm64': 'aV7YxWvPhp88MjQtObGDhDCTwCBa68wwZOAMmJqDreO0auHYuSfOqabEx4I90coZsx3zShNusppbTPKprOa+dw==',
  'linux-x64': 'URotJ1AIqaSCDkRMl4OrQfTLH+NYuOZb3ZsP7wxxiuAB6pncgPhTUYSvegTF5PTrAShnNyHNpju9kjf2O3QxoA==',
};

/**
 * The path of Restate's server, fetched from npm when it is not in the cache. It is no dependency of ours: 200 MB that only
 * a benchmark needs.
 *
 * @throws Error on a machine for which there is none, or when something else was fetched than what was released.
 */
export async function provideRestate(log: (line: string) => void): Promise<string> {
  const machine = `${process.platform}-${process.arch}`;
  const wanted = packages[machine];
  if (wanted === undefined) throw new Error(`There is no Restate server for ${machine}`);
  const dir = await cached(`restate-server-${version}`, async (making) => {
    log('fetching the server of Restate, 81 MB');
    const name = `@restatedev/restate-server-${machine}@${version}`;
    const { stdout } = await run('npm', ['pack', name, '--silent', '--pack-destination', making]);
    const archive = join(making, stdout.trim());
    const hash = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (hash !== wanted) throw new Error(`${name} is not what was released: ${hash}`);
    await run('tar', ['-xzf', archive, '-C', making, '--strip-components=1', 'package/bin']);
  });
  return join(dir, 'bin/restate-server');
}
