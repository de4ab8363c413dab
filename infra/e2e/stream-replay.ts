import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Timeline } from '@conveyor/contracts/http';

/** What the flight recorder has of an order, from its first entry to its last. */
export type Life = Timeline['entries'];

type Entry = Life[number] & { readonly id: string; readonly orderId: string };

/** What is due within this time is told together, as the gateway sends what has gathered. */
const tickMs = 50;

export interface StreamReplay {
  /** Where the page is, as at the gateway. */
  readonly url: string;
  /** So many lives were begun in so many seconds, and so many entries told, those of what really happened included. */
  told(): { readonly orders: number; readonly entries: number; readonly seconds: number };
  /** Tells nothing more; the page stays. */
  hush(): void;
  close(): Promise<void>;
}

/**
 * The gateway with a busier stream, for one page: besides what really happens, the lives of real orders are told over and over,
 * each time as those of a new order that happens now. Only `/api/stream` is answered here, all else by the gateway.
 * A reader who is too slow is told later; nothing gathers here.
 */
export async function replayStream(
  gateway: string,
  lives: readonly Life[],
  ordersPerSecond: number,
): Promise<StreamReplay> {
  const hushed = new AbortController();
  const count = { orders: 0, entries: 0, begun: 0, ended: 0 };

  async function tell(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.once('close', () => hushed.abort());
    const passing = passOn(`${gateway}/api/stream`, hushed.signal, (events) => {
      response.write(events);
      // An entry has a place; what else is told is none.
      count.entries += [...events.matchAll(/^id: \d+\ndata:/gm)].length;
    });
    passing.catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    count.begun = Date.now();
    for (const { tick, begun, entries } of ticks(lives, ordersPerSecond, count.begun)) {
      // The pause is the load; nothing waits for it.
      await sleep(Math.max(0, count.begun + tick * tickMs - Date.now()));
      if (hushed.signal.aborted) break;
      const isTaken = response.write(entries.map(toEvent).join(''));
      count.orders += begun;
      count.entries += entries.length;
      count.ended = Date.now();
      if (!isTaken) await once(response, 'drain', { signal: hushed.signal }).catch(() => {});
    }
  }

  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/stream')) void tell(response);
    else forward(gateway, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    told: () => ({
      orders: count.orders,
      entries: count.entries,
      seconds: (count.ended - count.begun) / 1_000,
    }),
    hush: () => hushed.abort(),
    async close() {
      hushed.abort();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What is told together, without an end: how many lives begin in it, and the entries that are due, of those and of earlier ones. */
function* ticks(lives: readonly Life[], ordersPerSecond: number, start: number) {
  const waiting = new Map<number, Entry[]>();
  let order = 0;
  for (let tick = 0; ; tick++) {
    const before = order;
    for (; order * 1_000 < (tick + 1) * tickMs * ordersPerSecond; order++) {
      const life = lives[order % lives.length] ?? [];
      for (const entry of lifeAnew(life, start + (order * 1_000) / ordersPerSecond)) {
        const due = Math.max(tick, Math.floor((Date.parse(entry.at) - start) / tickMs));
        const together = waiting.get(due) ?? [];
        waiting.set(due, together);
        together.push(entry);
      }
    }
    const entries = waiting.get(tick) ?? [];
    waiting.delete(tick);
    yield { tick, begun: order - before, entries };
  }
}

/** The same life, begun at another time, with ids that nobody has. */
function lifeAnew(life: Life, begun: number): readonly Entry[] {
  const orderId = randomUUID();
  const first = Date.parse(life[0]?.at ?? '');
  const ids = new Map<string, string>();
  const anew = (id: string) => {
    const known = ids.get(id) ?? randomUUID();
    ids.set(id, known);
    return known;
  };
  return life.map((entry) => ({
    ...entry,
    id: randomUUID(),
    orderId,
    at: new Date(begun + Date.parse(entry.at) - first).toISOString(),
    ...(entry.messageId && { messageId: anew(entry.messageId) }),
    ...(entry.causationId && { causationId: anew(entry.causationId) }),
  }));
}

const toEvent = (entry: Entry) => `data: ${JSON.stringify(entry)}\n\n`;

/** Passes on what the stream at `url` says until `signal` fires, only whole events, since others are told between them. */
async function passOn(url: string, signal: AbortSignal, tell: (events: string) => void): Promise<void> {
  let rest = '';
  try {
    const { body } = await fetch(url, { signal });
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      rest += text;
      const end = rest.lastIndexOf('\n\n') + 2;
      if (end === 1) continue;
      tell(rest.slice(0, end));
      rest = rest.slice(end);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function forward(gateway: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = '/' } = request;
  const onward = httpRequest(new URL(url, gateway), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
