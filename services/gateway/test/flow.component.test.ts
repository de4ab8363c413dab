import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { ConsumerGates } from '@conveyor/service-kit/messaging/consumer-gates';
import { addConsumerRoutes as addOwnRoutes } from '@conveyor/service-kit/messaging/consumer-routes';
import { eventually } from '@conveyor/testing/eventually';
import { requireAdminToken } from '../src/adapters/admin-token.ts';
import { addConsumerRoutes } from '../src/adapters/consumers.ts';
import { addDocumentation } from '../src/adapters/documentation.ts';
import { remoteConsumers } from '../src/adapters/remote-consumers.ts';
import { addFlow } from '../src/flow.ts';

const log = createLogger('gateway', 'silent');
const token = 'the-admin-token';
/** Nobody listens there. */
const nowhere = '127.0.0.1:1';

/** The gateway's routes over itself and payment; both brokers are away, and so is the read side. */
async function startGateway(paymentAddress?: string) {
  const [own, payment] = [new ConsumerGates(), new ConsumerGates()];
  own.gateOf('gateway.audit');
  for (const name of ['payment.events', 'payment.charge'] as const) payment.gateOf(name);
  const behind = createHttp(log);
  addOwnRoutes(behind, payment);
  const url = await behind.listen({ host: '127.0.0.1', port: 0 });
  const desks = new Map([
    ['gateway', own],
    ['payment', remoteConsumers('payment', paymentAddress ?? url)],
  ]);
  const http = createHttp(log);
  const stops: { stop(graceMs: number): Promise<void> }[] = [];
  await addDocumentation(http, {});
  await http.register(async () => {
    addConsumerRoutes(http, { desks, requireAdmin: requireAdminToken(token) });
    addFlow(
      {
        RABBITMQ_URL: `amqp://a:b@${nowhere}`,
        KAFKA_BROKERS: nowhere,
        ORDER_QUERY_URL: `http://${nowhere}`,
        RABBITMQ_QUEUE_TYPES: 'mixed',
        RETRY_DELAYS_MS: '1000',
        ORDER_EXPIRES_AFTER_MS: 5_000,
      },
      { http, onStop: (part) => stops.push(part) },
      desks,
    );
  });
  return {
    own,
    payment,
    async ask(method: 'GET' | 'PUT', path: string, body?: unknown, authorization = `Bearer ${token}`) {
      const answer = await http.inject({
        method,
        url: path,
        headers: { ...(authorization && { authorization }), 'content-type': 'application/json' },
        ...(body !== undefined && { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, type: String(answer.headers['content-type']), body: answer.json() };
    },
    async stop() {
      await http.close();
      await behind.close();
      await Promise.all(stops.map((part) => part.stop(1_000)));
    },
  };
}

let gateway: Awaited<ReturnType<typeof startGateway>>;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());

async function isProblem(
  answer: ReturnType<typeof gateway.ask>,
  status: number,
  field: string | undefined,
): Promise<string> {
  const { type, body, ...rest } = await answer;
  deepStrictEqual([rest.status, body.field], [status, field], JSON.stringify(body));
  match(type, /^application\/problem\+json/);
  return body.detail;
}

test('the consumers of all services are one list, for everybody', async () => {
  const { body } = await gateway.ask('GET', '/api/consumers', undefined, '');
  deepStrictEqual(body.consumers, [
    { consumer: 'gateway.audit', service: 'gateway', paused: false },
    { consumer: 'payment.events', service: 'payment', paused: false },
    { consumer: 'payment.charge', service: 'payment', paused: false },
  ]);
});

test('a consumer is paused in the service that has it, and goes on', async () => {
  const { ask, own, payment } = gateway;
  for (const [consumer, gate] of [
    ['payment.charge', payment.gateOf('payment.charge')],
    ['gateway.audit', own.gateOf('gateway.audit')],
  ] as const) {
    const path = `/api/consumers/${consumer}`;
    for (const paused of [true, true, false]) {
      deepStrictEqual((await ask('PUT', path, { paused })).body, { consumer, paused });
      strictEqual(gate.isClosed, paused);
    }
  }
  strictEqual(payment.gateOf('payment.events').isClosed, false);
});

test('pausing is for the bearer of the admin token', async () => {
  const { ask } = gateway;
  const path = '/api/consumers/payment.charge';
  await isProblem(ask('PUT', path, { paused: true }, ''), 401, undefined);
  await isProblem(ask('PUT', path, { paused: true }, 'Bearer another'), 403, undefined);
});

test('what is no wish is refused by its field, a consumer that nobody has is unknown', async () => {
  const { ask } = gateway;
  const path = '/api/consumers/payment.charge';
  await isProblem(ask('PUT', path, {}), 400, 'paused');
  await isProblem(ask('PUT', path, { paused: 1 }), 400, 'paused');
  await isProblem(ask('PUT', path, { paused: true, until: 'noon' }), 400, 'until');
  for (const name of ['payment.wish', 'sandbox.charges', 'payment', 'payment.charge%2f..', '%00']) {
    await isProblem(ask('PUT', `/api/consumers/${name}`, { paused: true }), 404, 'consumer');
  }
});

test('with both brokers away the graph comes all the same, soon, and says nothing of what waits', async () => {
  const { ask } = gateway;
  await ask('PUT', '/api/consumers/payment.charge', { paused: true });
  const began = performance.now();
  const { status, body } = await ask('GET', '/api/flow', undefined, '');
  ok(performance.now() - began < 2_500);
  strictEqual(status, 200);
  ok(Math.abs(Date.now() - Date.parse(body.at)) < 5_000);
  ok(body.nodes.length > 100 && body.links.length > 100);
  ok(body.nodes.every((node: object) => !('waiting' in node)));
  await ask('PUT', '/api/consumers/payment.charge', { paused: false });
});

test('the graph says who is paused, where the work waits and nowhere else', async () => {
  const { ask } = gateway;
  await ask('PUT', '/api/consumers/payment.charge', { paused: true });
  // What was found out before serves for a second.
  await eventually(async () => {
    const { nodes }: { nodes: { id: string; paused?: boolean }[] } = (await ask('GET', '/api/flow')).body;
    const idsOf = (wanted: boolean) =>
      nodes
        .filter(({ paused }) => paused === wanted)
        .map(({ id }) => id)
        .sort();
    deepStrictEqual(idsOf(true), ['kafka.group.payment.charge', 'rabbitmq.queue.payment.charge']);
    deepStrictEqual(idsOf(false), [
      'kafka.group.gateway.audit',
      'kafka.group.payment.events',
      'rabbitmq.queue.gateway.audit',
      'rabbitmq.queue.payment.events',
    ]);
  });
  await ask('PUT', '/api/consumers/payment.charge', { paused: false });
});

test('while a service is away the list is, too, and says which; the graph lacks only what it knows', async (t) => {
  const lonely = await startGateway(`http://${nowhere}`);
  t.after(() => lonely.stop());
  match(await isProblem(lonely.ask('GET', '/api/consumers'), 503, undefined), /payment/);
  match(
    await isProblem(lonely.ask('PUT', '/api/consumers/payment.charge', { paused: true }), 503, undefined),
    /payment/,
  );
  const { status, body } = await lonely.ask('GET', '/api/flow');
  strictEqual(status, 200);
  const told = body.nodes
    .filter((node: object) => 'paused' in node)
    .map(({ consumer }: { consumer: string }) => consumer);
  deepStrictEqual([...new Set(told)], ['gateway.audit']);
});

test('the documentation has the routes; what is inside the system only is not there', async () => {
  const { paths } = (await gateway.ask('GET', '/openapi.json')).body;
  deepStrictEqual(paths['/api/consumers/{consumer}'].put.security, [{ admin: [] }]);
  ok(paths['/api/flow'].get && paths['/api/consumers'].get);
  await isProblem(gateway.ask('GET', '/internal/consumers'), 404, undefined);
});
