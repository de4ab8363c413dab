import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Trial } from '@conveyor/patterns/proof';

/** Rejects when the provider is unwell. */
export async function ask(url: string, task: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: task });
  await answer.text();
  if (answer.status !== 201) throw new InfrastructureFault('provider-unwell', `it answered ${answer.status}`);
}

/** What has been charged, how often it was asked, and whether it answers with more than 503. */
export interface Provider {
  readonly url: string;
  readonly charged: Set<string>;
  asked: number;
  isWell: boolean;
}

/** A payment provider on the loopback interface, which can be made unwell. */
export async function startProvider(play: Pick<Trial, 'after'>): Promise<Provider> {
  const charged = new Set<string>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let task = '';
    for await (const chunk of request) task += String(chunk);
    provider.asked += 1;
    if (provider.isWell) charged.add(task);
    response.writeHead(provider.isWell ? 201 : 503).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  play.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: Provider = { url, charged, asked: 0, isWell: true };
  return provider;
}
