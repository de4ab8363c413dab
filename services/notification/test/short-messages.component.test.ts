import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, afterEach, before, test } from 'node:test';
import { message, requested, startNotification, total } from './notification.ts';

const timeoutMs = 300;
const noMailServer = 'smtp://127.0.0.1:9';

/** The provider: keeps what it is given, and answers with `status`; 0 is no answer at all. */
const received: { path: string; body: unknown }[] = [];
let status = 202;
const provider = createServer((request, response) => {
  void json(request).then((body) => {
    received.push({ path: request.url ?? '', body });
    if (status > 0) response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
});

let notification: Awaited<ReturnType<typeof startNotification>>;
let url = '';
before(async () => {
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  notification = await startNotification({ smtpUrl: noMailServer, sandboxUrl: url, timeoutMs });
});
afterEach(() => {
  status = 202;
  received.length = 0;
});
after(async () => {
  await notification.stop();
  provider.closeAllConnections();
  provider.close();
});

for (const channel of ['sms', 'push'] as const) {
  const consumer = `notification.${channel}` as const;

  test(`${channel}: the provider gets the text once, under a key of this message`, async () => {
    const request = requested();
    const { orderId } = request.data;
    await notification.deliver(consumer, request);
    await notification.deliver(consumer, request);
    deepStrictEqual(received, [
      {
        path: `/${channel}`,
        body: {
          key: `${channel}:${request.id}`,
          orderId,
          to: 'ada',
          text: `Your order ${orderId} over 19.00 EUR is complete.`,
        },
      },
    ]);
    deepStrictEqual(
      (await notification.sentAbout(orderId)).map(({ type, data }) => ({ type, data })),
      [{ type: 'notification.delivered', data: { orderId, channel } }],
    );
  });

  test(`${channel}: a provider out of order is tried again, with the same key`, async () => {
    const request = requested();
    status = 503;
    await rejects(notification.deliver(consumer, request), {
      name: 'TransientFault',
      code: 'provider-out-of-order',
    });
    status = 202;
    await notification.deliver(consumer, request);
    strictEqual(received.length, 2);
    deepStrictEqual(received[0], received[1]);
    deepStrictEqual(await notification.deliveriesOf(request.data.orderId), [
      { channel, attempts: 2, delivered: true },
    ]);
  });

  test(`${channel}: a provider that is overrun or out of order costs one try`, async () => {
    for (status of [408, 429, 500, 502])
      await rejects(notification.deliver(consumer, requested()), {
        name: 'TransientFault',
        code: 'provider-out-of-order',
      });
  });

  test(`${channel}: what the provider refuses is a dead letter`, async () => {
    for (status of [400, 409, 422])
      await rejects(notification.deliver(consumer, requested()), {
        name: 'PermanentFault',
        code: 'provider-refused',
      });
  });

  test(`${channel}: a provider that does not know us is not the message's fault`, async () => {
    for (status of [401, 403, 404])
      await rejects(notification.deliver(consumer, requested()), {
        name: 'InfrastructureFault',
        code: 'provider-does-not-know-us',
      });
  });

  test(`${channel}: a provider that does not answer costs one try`, async () => {
    status = 0;
    await rejects(notification.deliver(consumer, requested()), {
      name: 'TransientFault',
      code: 'provider-timed-out',
    });
  });

  test(`${channel}: a consumer that stops does not wait for the provider`, async () => {
    status = 0;
    const stopping = new AbortController();
    const delivering = notification.deliver(consumer, requested(), stopping.signal);
    stopping.abort();
    await rejects(delivering, { name: 'AbortError' });
  });

  test(`${channel}: a provider that is away is waited for, and costs no try`, async () => {
    const cutOff = await startNotification({
      smtpUrl: noMailServer,
      sandboxUrl: 'http://127.0.0.1:9',
      timeoutMs,
    });
    await rejects(cutOff.deliver(consumer, requested()), {
      name: 'InfrastructureFault',
      code: 'provider-unreachable',
    });
    await cutOff.stop();
  });
}

const closing = { version: 4, customerId: 'ada', total, priority: 'express' } as const;

test('an order that has ended asks for one notification, with its priority', async () => {
  const completed = message('order.completed', { ...closing, orderId: crypto.randomUUID() });
  const cancelled = message('order.cancelled', {
    ...closing,
    orderId: crypto.randomUUID(),
    reason: 'out-of-stock',
  });

  for (const ended of [completed, completed, cancelled])
    await notification.deliver('notification.orders', ended);

  const told = { customerId: 'ada', total, priority: 'express' };
  const type = 'notification.requested';
  const { orderId } = completed.data;
  deepStrictEqual(await notification.sentAbout(orderId), [
    { type, data: { ...told, orderId, outcome: 'completed' }, priority: 10 },
  ]);
  deepStrictEqual(await notification.sentAbout(cancelled.data.orderId), [
    {
      type,
      data: { ...told, orderId: cancelled.data.orderId, outcome: 'cancelled', reason: 'out-of-stock' },
      priority: 10,
    },
  ]);
});

test('an ending that is told again long after asks for the same notification', async () => {
  const orderId = crypto.randomUUID();
  const completed = message('order.completed', { ...closing, orderId });
  await notification.deliver('notification.orders', completed);
  await notification.forgetMessages();
  await notification.deliver('notification.orders', completed);
  const [first, second, ...more] = await notification.idsSentAbout(orderId);
  deepStrictEqual([first === second, more], [true, []]);
});
