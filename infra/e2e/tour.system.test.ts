import { match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { running } from './running-system.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const patient = { timeout: 180_000 };

interface Step {
  readonly command: string;
  /** What the reader is told to see. */
  readonly seen: string;
}

/** The commands of the tour in the README, each with what its comment promises. */
async function steps(): Promise<readonly Step[]> {
  const readme = await readFile(`${root}README.md`, 'utf8');
  const tour = /^## The first hour$(.*?)^## /ms.exec(readme)?.[1] ?? '';
  return [...tour.matchAll(/^ {4}(.+)$/gm)].map(([, line = '']) => {
    const [command = '', seen = ''] = line.split(/\s+#\s/);
    return { command, seen };
  });
}

// As a reader types it.
test('the commands of the first hour do what the README says', patient, async (t) => {
  const { ports, env, services } = running().stack;
  const all = await steps();
  ok(all.length >= 6, 'the README has a tour');
  let orderId = '';
  for (const { command, seen } of all) {
    const line = command
      .replaceAll('localhost:8080', `127.0.0.1:${ports.gateway}`)
      .replaceAll('<orderId>', orderId)
      // Only what `npm start` runs is known to that.
      .replaceAll('$(npm run -s status -- payment)', String(services.payment.pid));
    const said = await run(line, { ...env, GATEWAY_URL: `http://127.0.0.1:${ports.gateway}` });
    t.diagnostic(`${command}: ${said.split('\n').length} lines`);
    ok(said.includes(seen), `${line} was to show ${seen}, but said ${said}`);
    orderId = /"orderId":"([^"]+)"/.exec(said)?.[1] ?? orderId;
  }
  match(orderId, uuid);
});

/** Rejects, with what it said, when it fails. */
async function run(line: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  const options = { cwd: dirname(`${root}package.json`), env: { ...own, ...env } };
  const child = spawn('bash', ['-c', line], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  ok(code === 0, `${line} ended with ${code}: ${said}`);
  return said;
}
