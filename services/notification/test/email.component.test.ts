import { deepStrictEqual, match, rejects, strictEqual } from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { startMailServer } from './mail-server.ts';
import { requested, startNotification } from './notification.ts';

const timeoutMs = 1_500;
const nobodyListens = 'http://127.0.0.1:9';

let mailServer: Awaited<ReturnType<typeof startMailServer>>;
let notification: Awaited<ReturnType<typeof startNotification>>;
before(async () => {
  mailServer = await startMailServer();
  notification = await startNotification({ smtpUrl: mailServer.url, sandboxUrl: nobodyListens, timeoutMs });
});
afterEach(() => {
  mailServer.become('takes-all');
  mailServer.mails.length = 0;
});
after(async () => {
  await notification.stop();
  await mailServer.stop();
});

test('a customer gets a mail, and the system hears that it was delivered', async () => {
  const request = requested({
    customerId: 'shop:7',
    outcome: 'cancelled',
    reason: 'expired',
    priority: 'low',
  });
  const { orderId } = request.data;

  await notification.deliver('notification.email', request);

  strictEqual(mailServer.mails.length, 1);
  const mail = mailServer.mails[0] ?? '';
  match(mail, /^From: Conveyor <orders@conveyor\.example>\r$/m);
  match(mail, /^To: shop=7@customers\.example\r$/m);
  match(mail, /^Subject: Your order has been cancelled\r$/m);
  match(mail, new RegExp(`^Message-ID: <email\\.${request.id}@conveyor\\.example>\r$`, 'im'));
  match(mail, /It was not paid in time\./);
  match(mail, new RegExp(`Order: ${orderId}\r\nTotal: 19\\.00 EUR`));
  deepStrictEqual(
    (await notification.sentAbout(orderId)).map(({ type, data }) => ({ type, data })),
    [{ type: 'notification.delivered', data: { orderId, channel: 'email' } }],
  );
  deepStrictEqual(await notification.deliveriesOf(orderId), [
    { channel: 'email', attempts: 1, delivered: true },
  ]);
});

test('a message that comes again after its mail was sent sends no other', async () => {
  const request = requested();
  await notification.deliver('notification.email', request);
  await notification.deliver('notification.email', request);
  strictEqual(mailServer.mails.length, 1);
  strictEqual((await notification.sentAbout(request.data.orderId)).length, 1);
});

test('a mail is known to have been sent when its message comes again long after', async () => {
  const request = requested();
  await notification.deliver('notification.email', request);
  await notification.forgetMessages();
  await notification.deliver('notification.email', request);
  strictEqual(mailServer.mails.length, 1);
  deepStrictEqual(await notification.deliveriesOf(request.data.orderId), [
    { channel: 'email', attempts: 1, delivered: true },
  ]);
});

test('mails to many customers go out over a few connections', async () => {
  const requests = Array.from({ length: 30 }, () => requested());
  await Promise.all(requests.map((request) => notification.deliver('notification.email', request)));
  strictEqual(mailServer.mails.length, 30);
});

test('a mail whose answer is lost is sent again under the same Message-ID', async () => {
  const request = requested();
  mailServer.become('takes-and-hangs-up');
  await rejects(notification.deliver('notification.email', request), { name: 'InfrastructureFault' });
  mailServer.become('takes-all');
  await notification.deliver('notification.email', request);

  const ids = mailServer.mails.map((mail) => /^Message-ID: (.*)\r$/im.exec(mail)?.[1]);
  deepStrictEqual(ids, Array(2).fill(`<email.${request.id}@conveyor.example>`));
  deepStrictEqual(await notification.deliveriesOf(request.data.orderId), [
    { channel: 'email', attempts: 2, delivered: true },
  ]);
});

test('a mailbox that does not exist is a dead letter, a busy one is tried again', async () => {
  mailServer.become('no-such-mailbox');
  await rejects(notification.deliver('notification.email', requested()), {
    name: 'PermanentFault',
    code: 'mail-refused',
  });
  mailServer.become('mailbox-busy');
  await rejects(notification.deliver('notification.email', requested()), {
    name: 'TransientFault',
    code: 'mail-deferred',
  });
});

test('a mail that failed leaves its intent, and nobody hears of a delivery', async () => {
  const request = requested();
  mailServer.become('mailbox-busy');
  await rejects(notification.deliver('notification.email', request));
  deepStrictEqual(await notification.deliveriesOf(request.data.orderId), [
    { channel: 'email', attempts: 1, delivered: false },
  ]);
  deepStrictEqual(await notification.sentAbout(request.data.orderId), []);
});

test('a server that falls silent costs one try and no more time than allowed', async () => {
  mailServer.become('silent');
  const began = performance.now();
  await rejects(notification.deliver('notification.email', requested()), {
    name: 'TransientFault',
    code: 'mail-timed-out',
  });
  strictEqual(performance.now() - began < timeoutMs * 3, true);
});

test('a mail server that is away is waited for, and costs no try', async () => {
  const gone = await startMailServer();
  await gone.stop();
  const cutOff = await startNotification({ smtpUrl: gone.url, sandboxUrl: nobodyListens, timeoutMs });
  await rejects(cutOff.deliver('notification.email', requested()), {
    name: 'InfrastructureFault',
    code: 'mail-server-unreachable',
  });
  await cutOff.stop();
});

test('a mail server that takes connections but never greets counts as away', async () => {
  const mute = createServer();
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as AddressInfo;
  const cutOff = await startNotification({
    smtpUrl: `smtp://127.0.0.1:${port}`,
    sandboxUrl: nobodyListens,
    timeoutMs,
  });
  await rejects(cutOff.deliver('notification.email', requested()), { name: 'InfrastructureFault' });
  await cutOff.stop();
  mute.close();
});
