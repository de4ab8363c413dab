import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { eventually } from '@conveyor/testing/eventually';
import { requireAdminToken } from '../src/adapters/admin-token.ts';
import { createDemos, type Demos } from '../src/adapters/demo-process.ts';
import { eventStreams } from '../src/adapters/event-stream.ts';
import { addPatternRoutes } from '../src/adapters/patterns.ts';

const token = 'the-admin-token';
const chapters = new URL('../../../shared/patterns/', import.meta.url);

/** Prints what it was started with, and then does as its first argument says. */
const script = `
const [name, ...args] = process.argv.slice(2);
console.log(JSON.stringify({ name, args, env: Object.keys(process.env).sort(), secret: process.env.SECRET }));
console.error('said on stderr');
if (name === 'cqrs') process.exit(3);
if (name === 'routing') {
  process.on('SIGTERM', () => { console.log('cleared up'); process.exit(130); });
  console.log('ready');
  setInterval(() => console.log('tick'), 50);
}
if (name === 'delayed-queue') {
  process.on('SIGTERM', () => console.log('stays'));
  console.log('ready');
  setInterval(() => {}, 1_000);
}
`;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conveyor-demos-'));
  await writeFile(join(folder, 'play.mjs'), script);
});
after(() => rm(folder, { recursive: true, force: true }));

async function serve(isSetUp = true) {
  const http = createHttp(createLogger('gateway', 'silent'));
  const env = { SECRET: 'known to demos', PATH: process.env['PATH'] ?? '' };
  const demos: Demos | undefined = isSetUp
    ? createDemos({ script: join(folder, 'play.mjs'), env })
    : undefined;
  addPatternRoutes(http, {
    chapters,
    demos,
    requireAdmin: requireAdminToken(token),
    send: eventStreams(http),
  });
  const url = await http.listen({ host: '127.0.0.1', port: 0 });
  const play = (
    name: string,
    more: { body?: unknown; authorization?: string; signal?: AbortSignal } = {},
  ) => {
    const { body = { broker: 'kafka' }, authorization = `Bearer ${token}`, signal } = more;
    return fetch(`${url}/api/patterns/${name}/demo`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      ...(signal && { signal }),
    });
  };
  return { http, url, demos, play };
}

type News = { readonly line?: string; readonly exitCode?: number };

function newsIn(text: string): readonly News[] {
  return [...text.matchAll(/^data: (.+)\n\n/gm)].map(([, data = '']) => JSON.parse(data) as News);
}

/** What a demo says, as it says it. */
function hear(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const more = async () => {
    const { value = '', done = true } = (await reader?.read()) ?? {};
    text += value;
    return !done;
  };
  return {
    async until(line: string): Promise<void> {
      while (!newsIn(text).some((news) => news.line === line)) ok(await more(), `it has not said ${line}`);
    },
    async toItsEnd(): Promise<readonly News[]> {
      while (await more());
      return newsIn(text);
    },
  };
}

async function isProblem(answer: Promise<Response>, status: number, field?: string): Promise<string> {
  const response = await answer;
  const body = (await response.json()) as { field?: string; detail: string };
  deepStrictEqual([response.status, body.field], [status, field], JSON.stringify(body));
  match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  return body.detail;
}

test('the chapters are listed in their order, and each can be read whole', async (t) => {
  const { http, url } = await serve();
  t.after(() => http.close());
  const { patterns } = (await (await fetch(`${url}/api/patterns`)).json()) as {
    patterns: { name: string }[];
  };
  ok(patterns.length >= 17);
  deepStrictEqual(Object.keys(patterns[0] ?? {}).sort(), ['name', 'number', 'summary', 'title']);
  const one = (await (await fetch(`${url}/api/patterns/dead-letter-queue`)).json()) as Record<string, string>;
  deepStrictEqual(
    [one['number'], one['name'], one['title']],
    ['06', 'dead-letter-queue', 'Dead-letter queue'],
  );
  ok(one['readme']?.startsWith('# 06 Dead-letter queue'));
  for (const name of ['no-such', '06-dead-letter-queue', '%2e%2e%2fdemo.ts'])
    await isProblem(fetch(`${url}/api/patterns/${encodeURIComponent(name)}`), 404, 'name');
});

test('a demo is heard line by line, both of its outputs, and its exit code in the end', async (t) => {
  const { http, play, demos } = await serve();
  t.after(() => http.close());
  const response = await play('dead-letter-queue', { body: { broker: 'rabbitmq' } });
  strictEqual(response.status, 200);
  match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const news = newsIn(await response.text());
  const started = JSON.parse(news.find(({ line }) => line?.startsWith('{'))?.line ?? '{}');
  deepStrictEqual([started.name, started.args], ['dead-letter-queue', ['--broker', 'rabbitmq']]);
  // It knows what it was told, and nothing of what the gateway knows.
  strictEqual(started.secret, 'known to demos');
  ok(!started.env.some((name: string) => !['SECRET', 'PATH'].includes(name)), started.env.join());
  ok(news.some(({ line }) => line === 'said on stderr'));
  deepStrictEqual(news.at(-1), { exitCode: 0 });
  strictEqual(demos?.isPlaying, false);
});

test('a demo that fails says so', async (t) => {
  const { http, play } = await serve();
  t.after(() => http.close());
  deepStrictEqual(newsIn(await (await play('cqrs')).text()).at(-1), { exitCode: 3 });
});

test('one demo at a time; it is ended when its client goes away', async (t) => {
  const { http, play, demos } = await serve();
  t.after(() => http.close());
  const client = new AbortController();
  const response = await play('routing', { signal: client.signal });
  strictEqual(response.status, 200);
  await isProblem(play('dead-letter-queue'), 409);
  client.abort();
  await eventually(() => strictEqual(demos?.isPlaying, false));
  const next = await play('dead-letter-queue');
  deepStrictEqual(newsIn(await next.text()).at(-1), { exitCode: 0 });
});

test('a gateway that stops ends its demo, which may clear up first', async () => {
  const { http, play } = await serve();
  const demo = hear(await play('routing'));
  await demo.until('ready');
  await http.close();
  deepStrictEqual((await demo.toItsEnd()).slice(-2), [{ line: 'cleared up' }, { exitCode: 130 }]);
});

test('a demo that does not end by itself is killed', async (t) => {
  const { http, play, demos } = await serve();
  t.after(() => http.close());
  const demo = hear(await play('delayed-queue'));
  await demo.until('ready');
  await demos?.stop(1_000);
  // It was told to end first, and went on.
  deepStrictEqual((await demo.toItsEnd()).slice(-2), [{ line: 'stays' }, { exitCode: 137 }]);
});

test('demos are for the bearer of the admin token, of chapters and brokers that there are', async (t) => {
  const { http, play, demos } = await serve();
  t.after(() => http.close());
  await isProblem(play('routing', { authorization: '' }), 401);
  await isProblem(play('routing', { authorization: 'Bearer another' }), 403);
  await isProblem(play('routing', { body: { broker: 'pigeon' } }), 400, 'broker');
  await isProblem(play('routing', { body: {} }), 400, 'broker');
  await isProblem(play('routing', { body: { broker: 'kafka', args: ['-e'] } }), 400, 'args');
  await isProblem(play('no-such'), 404, 'name');
  await isProblem(play('--list'), 404, 'name');
  strictEqual(demos?.isPlaying, false);
});

test('where the servers of demos are not known the answer names the command instead', async (t) => {
  const { http, play } = await serve(false);
  t.after(() => http.close());
  match(await isProblem(play('routing'), 503), /npm run pattern -- routing --broker kafka/);
  await isProblem(play('no-such'), 404, 'name');
});
