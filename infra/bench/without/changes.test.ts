import { ok, strictEqual, throws } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Change, changed, changes, type Part } from './changes.ts';
import { environmentWith } from './environment.ts';

const root = new URL('../../../', import.meta.url);

for (const [name, own] of Object.entries(changes)) {
  test(`the code has the places that are changed for ${name}`, async () => {
    for (const change of own) {
      const source = await readFile(new URL(change.file, root), 'utf8');
      ok(changed(source, change) !== source);
    }
  });
}

test('what is not there, or there twice, is not changed', () => {
  const change: Change = { file: 'x.ts', from: 'a', to: 'b' };
  strictEqual(changed('1a2', change), '1b2');
  throws(() => changed('12', change), /x\.ts has changed/);
  throws(() => changed('a1a', change), /x\.ts has changed/);
});

test('a process runs the changed code', async () => {
  const inbox = new URL('shared/patterns/11-idempotent-consumer/inbox.ts', root).href;
  const program = `
    import { claim } from '${inbox}';
    console.log(await claim({ query: async () => ({ rows: [], rowCount: 0 }) }, 'consumer', 'id'));`;
  const claimed = async (part?: Part) => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(root),
      env: { ...env, ...(part && environmentWith(part)) },
    });
    return stdout.trim();
  };
  strictEqual(await claimed(), 'false');
  strictEqual(await claimed('inbox'), 'true');
});
