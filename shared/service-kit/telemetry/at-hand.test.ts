import { deepStrictEqual, match, notStrictEqual, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';
import { test } from 'node:test';
import type { Delivery } from '@conveyor/brokers';
import { createHttp } from '../http.ts';
import { createLogger } from '../logger.ts';
import { followingStory, withAtHand } from './at-hand.ts';
import { withDelivery } from './message-spans.ts';

const trace = 'a'.repeat(32);
const traceparent = `00-${trace}-${'b'.repeat(16)}-01`;
const orderId = randomUUID();

/** A logger, and what it has written: the ids on each line. */
function listening() {
  const lines: unknown[] = [];
  const log = createLogger('test', 'info', {
    write(line: string) {
      const { trace_id, correlation_id, order_id } = JSON.parse(line);
      lines.push({ trace_id, correlation_id, order_id });
    },
  });
  return { log, lines };
}

function delivery(attributes: Delivery['attributes']): Delivery {
  const origin = { broker: 'kafka', channel: 'order-events', address: { channel: '', key: '' } } as const;
  return { attributes, headers: {}, body: Buffer.alloc(0), origin, redelivered: false };
}

test('whatever is logged while a message is handled has the ids of its story', async () => {
  const { log, lines } = listening();
  const message = delivery({
    traceparent,
    correlationid: 'ada',
    subject: orderId,
    saga: 'choreography',
    broker: 'kafka',
  });
  await withDelivery(message, async () => {
    await Promise.resolve();
    log.info('deep in a handler');
  });
  log.info('afterwards');
  deepStrictEqual(lines, [
    { trace_id: trace, correlation_id: 'ada', order_id: orderId },
    { trace_id: undefined, correlation_id: undefined, order_id: undefined },
  ]);
});

test('a message that belongs to no order, or can hardly be read, has no order on its lines', async () => {
  const { log, lines } = listening();
  await withDelivery(delivery({ subject: 'mug', correlationid: 'ada' }), async () => log.info('product'));
  await withDelivery(delivery({}), async () => log.info('nothing'));
  deepStrictEqual(lines, [
    { trace_id: undefined, correlation_id: 'ada', order_id: undefined },
    { trace_id: undefined, correlation_id: undefined, order_id: undefined },
  ]);
});

test('what a line says itself counts more than what is at hand', () => {
  const { log, lines } = listening();
  withAtHand({ traceparent, correlationId: 'ada', orderId }, () => log.info({ order_id: 'another' }, 'told'));
  deepStrictEqual(lines, [{ trace_id: trace, correlation_id: 'ada', order_id: 'another' }]);
});

test('whatever is logged while a request is answered has its ids, also when its body came late', async () => {
  const { log, lines } = listening();
  const http = createHttp(log);
  const begun = Promise.withResolvers<void>();
  http.addHook('onRequest', async () => begun.resolve());
  http.post('/api/orders/:id/cancel', async (request) => {
    await Promise.resolve();
    log.info('deep in a handler');
    request.log.info('by the request');
    return {};
  });
  await http.listen({ host: '127.0.0.1', port: 0 });
  const { port } = http.server.address() as { port: number };
  lines.length = 0; // That it listens has been logged, and is nobody's request.
  const client = send({
    port,
    host: '127.0.0.1',
    path: `/api/orders/${orderId}/cancel`,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-correlation-id': 'ada', traceparent },
  });
  client.flushHeaders();
  await begun.promise;
  client.end('{}');
  const [reply] = (await once(client, 'response')) as [IncomingMessage];
  reply.resume();
  await http.close();
  const ids = { trace_id: trace, correlation_id: 'ada', order_id: orderId };
  deepStrictEqual(lines, [ids, ids]);
  const replied = String(reply.headers['traceparent']);
  match(replied, new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  notStrictEqual(replied, traceparent);
});

test('where nobody measures spans, each message that follows is a hop of its own', () => {
  withAtHand({ traceparent, correlationId: 'ada', orderId }, () => {
    const story = { correlationid: 'ada', traceparent };
    const following = [followingStory(story), followingStory(story)].map((each) => each.traceparent);
    for (const each of following) match(each, new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    strictEqual(new Set([...following, traceparent]).size, 3);
  });
});
