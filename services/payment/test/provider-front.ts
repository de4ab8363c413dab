import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in front of the sandbox, counts what arrives, and answers itself while the provider is to be unwell. */
export async function startProviderFront(sandboxUrl: string) {
  let mode: 'passes' | 'unwell' = 'passes';
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    if (mode === 'unwell') response.writeHead(503).end('<h1>Bad gateway</h1>');
    else pass(sandboxUrl, request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    turn(next: typeof mode) {
      mode = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function pass(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const body = Buffer.concat(await request.toArray());
  const answer = await fetch(url + request.url, {
    method: request.method ?? 'GET',
    headers: body.length > 0 ? { 'content-type': 'application/json' } : {},
    ...(body.length > 0 && { body }),
    signal: gone.signal,
  });
  response.writeHead(answer.status).end(await answer.text());
}
