import { match, strictEqual } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fullSize } from './full-size.ts';
import { damage, type Mutation, prove } from './mutated-copy.ts';
import { copyRepository } from './patched-copy.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const slow = { timeout: 480_000 };

/** Damage to right versions: if a proof does not notice, it proves nothing. */
const mutations: readonly Mutation[] = [
  {
    chapter: 'at-least-once',
    file: 'shared/patterns/12-at-least-once/at-least-once.ts',
    damage: 'the message is acknowledged while its work is still under way',
    from: 'await untilItWorks(() => work(delivery, signal), isInfrastructure, signal, report);',
    to: 'void untilItWorks(() => work(delivery, signal), isInfrastructure, signal, report);',
  },
  {
    chapter: 'idempotent-consumer',
    file: 'shared/patterns/11-idempotent-consumer/idempotent-consumer.ts',
    damage: 'the inbox row is committed before the effect',
    from: 'if (!(await claim(tx, consumer, message.id))) return undefined;',
    to: 'if (!(await database.transaction((own) => claim(own, consumer, message.id)))) return undefined;',
  },
];

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'conveyor-mutated-'));
  await copyRepository(dir);
});
after(() => rm(dir, { recursive: true, force: true }));

const [howMany, options] = fullSize ? ['every failure', []] : ['one failure', ['--brief']];

test(`each chapter holds under ${howMany}, and its twins do not`, { timeout: 1_800_000 }, async (t) => {
  const { code, said } = await prove(root, ...options);
  t.diagnostic(said);
  strictEqual(code, 0, said);
});

for (const mutation of mutations) {
  test(`the proof of ${mutation.chapter} fails when ${mutation.damage}`, slow, async () => {
    const mend = await damage(dir, mutation);
    try {
      const { code, said } = await prove(dir, mutation.chapter, '--brief');
      strictEqual(code, 1, said);
      match(said, /, right: under the failure it does not hold for /);
    } finally {
      await mend();
    }
  });
}
