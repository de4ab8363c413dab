import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { clientOf } from '@conveyor/e2e/client';
import { type LoadOptions, mixedRequests, startLoad } from './load.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts a load against somebody who answers as `handle` says. */
async function startAgainst(t: TestContext, handle: Handle, more: Partial<LoadOptions> = {}) {
  const server = createServer(handle).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = clientOf(`http://127.0.0.1:${port}`, 'secret');
  const request = (n: number) => ({ customerId: `customer-${n}` });
  return startLoad({ client, orders: 1, atOnce: 1, name: 'test', request, ...more });
}

async function loadAgainst(t: TestContext, handle: Handle, more?: Partial<LoadOptions>) {
  const load = await startAgainst(t, handle, more);
  load.enough();
  await load.over;
  return load;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

test('only an order that was answered by a 2xx counts, and a repeat carries the same key', async (t) => {
  const keys: unknown[] = [];
  const load = await loadAgainst(t, (request, response) => {
    if (request.method === 'GET') return answer(response, 200, { orderId: 'one', status: 'completed' });
    keys.push(request.headers['idempotency-key']);
    // The first time the outcome stays unknown, the second time it is refused for now.
    if (keys.length === 1) return request.socket.destroy();
    return answer(response, keys.length === 2 ? 503 : 202, { orderId: 'one' });
  });
  deepStrictEqual(keys, ['test-0', 'test-0', 'test-0']);
  deepStrictEqual(
    load.exchanges.map(({ what, outcome, orderId }) => [what, outcome, orderId]),
    [
      ['place', 'cut', undefined],
      ['place', 503, undefined],
      ['place', 202, 'one'],
      ['look', 200, 'one'],
    ],
  );
  strictEqual(load.placed, 1);
});

test('each fourth order is asked for once more with the same key, and both answers are kept', async (t) => {
  const keys: unknown[] = [];
  const load = await loadAgainst(
    t,
    (request, response) => {
      if (request.method === 'GET') return answer(response, 200, { orderId: 'one', status: 'completed' });
      keys.push(request.headers['idempotency-key']);
      return answer(response, 202, { orderId: `order-${keys.length}` });
    },
    { orders: 4 },
  );
  deepStrictEqual(keys, ['test-0', 'test-1', 'test-2', 'test-3', 'test-3']);
  deepStrictEqual(
    load.exchanges
      .filter(({ n, what }) => n === 3 && what !== 'look')
      .map(({ what, orderId }) => [what, orderId]),
    [
      ['place', 'order-4'],
      ['repeat', 'order-5'],
    ],
  );
  deepStrictEqual([load.placed, load.orders.at(-1)?.orderId, load.isOver], [4, 'order-4', true]);
});

test('a client waits for the end of its order, and notes when it came', async (t) => {
  let looks = 0;
  const load = await loadAgainst(t, (request, response) => {
    if (request.method === 'POST') return answer(response, 202, { orderId: 'one' });
    looks += 1;
    return answer(response, 200, { orderId: 'one', status: looks < 3 ? 'paid' : 'cancelled' });
  });
  strictEqual(looks, 3);
  const [order] = load.orders;
  strictEqual(order?.status, 'cancelled');
  ok((order?.endedAt ?? 0) > order.acceptedAt);
});

test('a load that is given up asks nothing more, though its order was never accepted', async (t) => {
  let asked = 0;
  const load = await startAgainst(t, () => {
    asked += 1;
    load.giveUp();
  });
  await load.over;
  deepStrictEqual([asked, load.placed], [1, 0]);
});

test('a client whom nobody serves goes away, however many orders are wanted', async (t) => {
  const load = await startAgainst(t, (_, response) => answer(response, 503, {}), {
    orders: 100,
    patienceMs: 50,
  });
  await load.over;
  deepStrictEqual([load.isOver, load.placed, load.exchanges.at(-1)?.n], [true, 0, 0]);
});

test('a client keeps to one combination, and four clients have all of them', () => {
  const request = mixedRequests('scarce');
  const combinationOf = (n: number, client: number) => {
    const { saga, broker } = request(n, client);
    return `${saga} ${broker}`;
  };
  for (const client of [0, 1, 2, 3])
    strictEqual(new Set(Array.from({ length: 20 }, (_, n) => combinationOf(n, client))).size, 1);
  strictEqual(new Set([0, 1, 2, 3].map((client) => combinationOf(0, client))).size, 4);
});
