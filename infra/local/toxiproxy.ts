import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cached, inCache } from './cache.ts';
import { startChild, stopChild, waitUntil } from './child.ts';
import { answers, lastLines } from './server.ts';
import { ensureInstalled, findProgram, type SystemPackage } from './system-packages.ts';
import { serverUser } from './unprivileged.ts';

const run = promisify(execFile);

/** The newest one that Debian's Go can build. */
const version = '2.5.0';
const folder = `toxiproxy-${version}`;

const go: SystemPackage = {
  what: 'Go (Toxiproxy, which breaks the links of the services, is built with it)',
  apt: ['golang-go'],
  brew: 'go',
  present: async () => (await findProgram('go')) !== undefined,
};

/** The path of Toxiproxy's server, built for this user the first time it is asked for. */
async function provideToxiproxy(log: (line: string) => void): Promise<string> {
  if ((await inCache(folder)) === undefined) await ensureInstalled([go], { log });
  const dir = await cached(folder, async (making) => {
    log(`building Toxiproxy ${version}`);
    const env = { ...process.env, GOBIN: making };
    await run('go', ['install', `github.com/Shopify/toxiproxy/v2/cmd/server@v${version}`], { env });
  });
  return join(dir, 'server');
}

/** What befalls the bytes of a link: those to the server go upstream, its answers downstream. */
export interface Toxic {
  readonly type: 'timeout' | 'latency' | 'reset_peer';
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

/** From the port `listen` to the port `upstream`, both of them on this machine. */
export interface Proxy {
  readonly name: string;
  readonly listen: number;
  readonly upstream: number;
}

/** A running Toxiproxy (https://github.com/Shopify/toxiproxy), by its HTTP interface. */
export interface Toxiproxy {
  poison(proxy: string, toxics: readonly Toxic[]): Promise<void>;
  /** Takes all toxics from all proxies. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export interface ToxiproxyOptions {
  /** Of its HTTP interface. */
  readonly port: number;
  readonly proxies: readonly Proxy[];
  /** The file to which it writes. */
  readonly log: string;
  readonly say: (line: string) => void;
}

export async function startToxiproxy({ port, proxies, log, say }: ToxiproxyOptions): Promise<Toxiproxy> {
  const file = await provideToxiproxy(say);
  const args = ['-host', '127.0.0.1', '-port', String(port)];
  const child = await startChild({ file, args, env: {}, cwd: dirname(file), user: serverUser }, log);
  const url = `http://127.0.0.1:${port}`;

  async function post(path: string, body: object = {}): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`Toxiproxy: ${path} ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }

  const toxiproxy: Toxiproxy = {
    async poison(proxy, toxics) {
      for (const toxic of toxics) await post(`/proxies/${proxy}/toxics`, toxic);
    },
    reset: () => post('/reset'),
    stop: () => stopChild(child, 'SIGTERM', 5_000),
  };
  try {
    if (!(await waitUntil(() => answers(`${url}/version`), 10_000)))
      throw new Error(`Toxiproxy was not ready after 10 s. The end of ${log}:\n${await lastLines(log)}`);
    const local = (at: number) => `127.0.0.1:${at}`;
    for (const { name, listen, upstream } of proxies)
      await post('/proxies', { name, listen: local(listen), upstream: local(upstream), enabled: true });
    return toxiproxy;
  } catch (error) {
    await toxiproxy.stop();
    throw error;
  }
}
