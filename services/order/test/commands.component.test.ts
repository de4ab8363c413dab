import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { message, paid, reserved, type Style, startOrder } from './order.ts';

let order: Awaited<ReturnType<typeof startOrder>>;
before(async () => {
  order = await startOrder();
});
after(() => order?.stop());

const choreographed: Style = { saga: 'choreography', broker: 'rabbitmq' };
const conducted: Style = { saga: 'orchestration', broker: 'kafka' };

const expire = (orderId: string, style: Style) => message('order.expire', orderId, { orderId }, style);
const complete = (orderId: string) => message('order.complete', orderId, { orderId }, conducted);
const cancel = (orderId: string) =>
  message('order.cancel', orderId, { orderId, reason: 'payment-declined' }, conducted);

const told = async (orderId: string, style: Style) =>
  (await order.sentAbout(orderId, style)).map(({ type, attributes }) => [type, attributes['causationid']]);

test('an order that is conducted is noted as reserved and paid, and completed on command', async () => {
  const orderId = await order.place(conducted);
  const messages = [reserved(orderId, conducted), paid(orderId, conducted), complete(orderId)];
  for (const each of [...messages, ...messages]) await order.deliver(each);
  deepStrictEqual(await told(orderId, conducted), [
    ['order.reserved', messages[0]?.id],
    ['order.paid', messages[1]?.id],
    ['order.completed', messages[2]?.id],
  ]);
});

test('the answer to a command names it as its cause', async () => {
  const orderId = await order.place(conducted);
  const [early, completion, cancellation] = [expire(orderId, conducted), complete(orderId), cancel(orderId)];
  for (const each of [early, completion, completion, cancellation, cancellation]) await order.deliver(each);
  deepStrictEqual(await told(orderId, conducted), [
    ['order.cancel-requested', early.id],
    ['order.completion-refused', completion.id],
    ['order.cancelled', cancellation.id],
  ]);
  strictEqual((await order.view(orderId))?.reason, 'expired', 'the first reason, not the command’s');
});

test('an unpaid order expires: at once where nobody conducts', async () => {
  const orderId = await order.place(choreographed);
  await order.deliver(reserved(orderId, choreographed));
  const late = expire(orderId, choreographed);
  await order.deliver(late);
  await order.deliver(paid(orderId, choreographed));
  deepStrictEqual((await told(orderId, choreographed)).slice(1), [
    ['order.cancel-requested', late.id],
    ['order.cancelled', late.id],
  ]);
  const { status, reason } = (await order.view(orderId)) ?? {};
  deepStrictEqual([status, reason], ['cancelled', 'expired']);
});

test('a paid order does not expire', async () => {
  for (const style of [choreographed, conducted]) {
    const orderId = await order.place(style);
    await order.deliver(paid(orderId, style));
    const before = await told(orderId, style);
    await order.deliver(expire(orderId, style));
    deepStrictEqual(await told(orderId, style), before);
  }
});

test('a message about an order that nobody knows does not count as handled', async () => {
  const orderId = randomUUID();
  await rejects(order.deliver(expire(orderId, conducted)), { name: 'TransientFault', code: 'unknown-order' });
  deepStrictEqual(await told(orderId, conducted), []);
});
