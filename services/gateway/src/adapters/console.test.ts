import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { createHttp, type Http } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { addConsole } from './console.ts';

let folder: string;
let http: Http;
const warnings: string[] = [];
const log = { warn: (text: string) => void warnings.push(text) };

beforeEach(async () => {
  folder = `${await mkdtemp(join(tmpdir(), 'console-'))}/`;
  http = createHttp(createLogger('test', 'silent'));
  warnings.length = 0;
});
afterEach(async () => {
  await http.close();
  await rm(folder, { recursive: true });
});

async function build(): Promise<void> {
  await mkdir(`${folder}assets`);
  await writeFile(`${folder}index.html`, '<title>Conveyor</title>');
  await writeFile(`${folder}assets/main-a1b2.js`, 'export {};');
}

test('what was built is served: the page to be asked for anew, what has a hash in its name for ever', async () => {
  await build();
  await addConsole(http, log, folder);
  const page = await http.inject('/');
  strictEqual(page.statusCode, 200);
  match(page.body, /Conveyor/);
  strictEqual(page.headers['cache-control'], 'no-cache');
  match(String(page.headers['content-security-policy']), /default-src 'self'/);
  const script = await http.inject('/assets/main-a1b2.js');
  strictEqual(script.statusCode, 200);
  match(String(script.headers['cache-control']), /immutable/);
  deepStrictEqual(warnings, []);
});

test('nothing else is served from there', async () => {
  await build();
  await addConsole(http, log, folder);
  for (const path of ['/assets/', '/assets/other.js', '/..%2fpackage.json', '/index.html/'])
    strictEqual((await http.inject(path)).statusCode, 404, path);
});

test('without a built page / leads to the documentation, and the log says why', async () => {
  await addConsole(http, log, folder);
  const answer = await http.inject('/');
  deepStrictEqual([answer.statusCode, answer.headers['location']], [302, '/docs']);
  match(warnings.join(), /not built/);
});
