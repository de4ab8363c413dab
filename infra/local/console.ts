import { execFile } from 'node:child_process';
import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const web = fileURLToPath(new URL('../../services/gateway/web/', import.meta.url));
const built = join(web, 'dist/index.html');

/** What the page is made of. */
const sources = ['{src,public}/**/*', 'index.html', 'package.json', 'vite.config.ts', 'tsconfig.json'];

/** Builds the gateway's web page if there is none, or one older than its sources. Rejects with what the bundler says. */
export async function buildConsole(log: (line: string) => void = () => {}): Promise<void> {
  if ((await changedAt(built)) >= (await newestSource())) return;
  const start = performance.now();
  const bundler = join(web, 'node_modules/vite/bin/vite.js');
  // With NODE_ENV as it may be in a test the page would be one for development.
  const env = { ...process.env, NODE_ENV: 'production' };
  await run(process.execPath, [bundler, 'build', '--logLevel', 'warn'], { cwd: web, env });
  log(`console built (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

async function newestSource(): Promise<number> {
  let newest = 0;
  for await (const file of glob(sources, { cwd: web })) {
    // Tests are beside what they test, and not in the page.
    if (!file.endsWith('.test.ts')) newest = Math.max(newest, await changedAt(join(web, file)));
  }
  return newest;
}

/** 0 for what is not there. */
async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
