import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { message, type Style, startOrder } from './order.ts';

let order: Awaited<ReturnType<typeof startOrder>>;
before(async () => {
  order = await startOrder();
});
after(() => order?.stop());

const choreographed: Style = { saga: 'choreography', broker: 'kafka' };
const conducted: Style = { saga: 'orchestration', broker: 'rabbitmq' };
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

async function cancel(orderId: string, options: { headers?: Record<string, string>; payload?: string } = {}) {
  const answer = await order.http.inject({
    method: 'POST',
    url: `/api/orders/${orderId}/cancel`,
    ...options,
  });
  return { status: answer.statusCode, type: String(answer.headers['content-type']), body: answer.json() };
}

const typesSentAbout = async (orderId: string, style: Style) =>
  (await order.sentAbout(orderId, style)).map(({ type }) => type);
const paid = (orderId: string, style: Style) =>
  message('payment.completed', orderId, { orderId, amount: { amount: 1900, currency: 'EUR' } }, style);
const complete = (orderId: string) => message('order.complete', orderId, { orderId }, conducted);
const cancelCommand = (orderId: string) =>
  message('order.cancel', orderId, { orderId, reason: 'payment-timeout' }, conducted);

test('where nobody conducts, a customer’s wish cancels the order at once', async () => {
  const orderId = await order.place(choreographed);
  const { status, body } = await cancel(orderId);
  strictEqual(status, 202);
  deepStrictEqual([body.status, body.reason, body.version], ['cancelled', 'cancelled-by-customer', 3]);
  deepStrictEqual(await typesSentAbout(orderId, choreographed), [
    'order.cancel-requested',
    'order.cancelled',
  ]);
  strictEqual(order.states.at(-1), 'cancelled: cancelled-by-customer');
});

test('where somebody conducts, the wish is told to the orchestrator, and can be repeated until the order is final', async () => {
  const orderId = await order.place(conducted);
  for (const _ of [1, 2, 3]) {
    const { status, body } = await cancel(orderId);
    deepStrictEqual([status, body.status, body.version, body.reason], [202, 'pending', 2, undefined]);
    ok(!('cancelRequested' in body));
  }
  deepStrictEqual(await typesSentAbout(orderId, conducted), ['order.cancel-requested']);

  await order.deliver(cancelCommand(orderId));
  const { status, type, body } = await cancel(orderId);
  deepStrictEqual([status, body.status, body.detail], [409, 409, 'the order is cancelled already']);
  match(type, /^application\/problem\+json/);
  strictEqual((await order.view(orderId))?.reason, 'cancelled-by-customer');
});

test('a completed order is not cancelled', async () => {
  const orderId = await order.place(choreographed);
  await order.deliver(paid(orderId, choreographed));
  const { status, body } = await cancel(orderId);
  deepStrictEqual([status, body.detail], [409, 'the order is completed already']);
  deepStrictEqual(await typesSentAbout(orderId, choreographed), ['order.paid', 'order.completed']);
});

test('what is told of it carries the saga and broker of the order, and the trace of the request', async () => {
  for (const style of [choreographed, conducted]) {
    const orderId = await order.place(style);
    await cancel(orderId, { headers: { 'x-correlation-id': 'my-own', traceparent } });
    const [sent] = await order.sentAbout(orderId, style);
    const {
      saga,
      broker,
      correlationid,
      causationid,
      subject,
      traceparent: sentTrace,
    } = sent?.attributes ?? {};
    deepStrictEqual(
      { saga, broker, correlationid, causationid, subject },
      {
        ...style,
        correlationid: 'my-own',
        causationid: undefined,
        subject: orderId,
      },
    );
    strictEqual(sentTrace?.slice(0, 35), traceparent.slice(0, 35));
    deepStrictEqual(sent?.data, { orderId, version: 2, reason: 'cancelled-by-customer' });
  }
});

test('an order that nobody knows cannot be cancelled, nor can what is no id', async () => {
  for (const id of [randomUUID(), 'nonsense']) {
    const { status, body } = await cancel(id);
    deepStrictEqual([status, body.field], [404, 'id']);
  }
});

test('no body is needed: none, an empty one that is called JSON, and {} are the same', async () => {
  const json = { 'content-type': 'application/json' };
  for (const request of [{}, { headers: json, payload: '' }, { headers: json, payload: '{}' }]) {
    strictEqual((await cancel(await order.place(conducted), request)).status, 202);
  }
  strictEqual((await cancel(await order.place(conducted), { headers: json, payload: '{' })).status, 400);
});

test('an id in capitals names the same order', async () => {
  const orderId = await order.place(conducted);
  strictEqual((await cancel(orderId.toUpperCase())).body.orderId, orderId);
});

test('of a wish to cancel and a command to complete that come together one wins, the other hears of it', async () => {
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const orderId = await order.place(conducted);
      const [{ status }] = await Promise.all([cancel(orderId), order.deliver(complete(orderId))]);
      const sent = (await typesSentAbout(orderId, conducted)).join();
      const possible = {
        202: 'order.cancel-requested,order.completion-refused',
        409: 'order.paid,order.completed',
      };
      strictEqual(sent, possible[status as 202 | 409]);
    }),
  );
});

test('many wishes at once are one', async () => {
  const orderId = await order.place(conducted);
  const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(orderId)));
  ok(answers.every(({ status }) => status === 202));
  deepStrictEqual(await typesSentAbout(orderId, conducted), ['order.cancel-requested']);
});
