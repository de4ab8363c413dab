import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { createHttp } from '../http.ts';
import { createLogger } from '../logger.ts';
import { ConsumerGates } from './consumer-gates.ts';
import { addConsumerRoutes } from './consumer-routes.ts';

const log = createLogger('order', 'silent');

function scene() {
  const gates = new ConsumerGates();
  const [events, commands] = [gates.gateOf('order.events'), gates.gateOf('order.commands')];
  const http = createHttp(log);
  addConsumerRoutes(http, gates);
  const put = async (consumer: string, payload: object) => {
    const { statusCode, body } = await http.inject({
      method: 'PUT',
      url: `/internal/consumers/${consumer}`,
      payload,
    });
    return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
  };
  return { gates, events, commands, http, put };
}

test('pausing a consumer closes its gate and no other, letting it go on opens it', async () => {
  const { events, commands, put } = scene();
  deepStrictEqual(await put('order.events', { paused: true }), {
    status: 200,
    body: { consumer: 'order.events', paused: true },
  });
  deepStrictEqual([events.isClosed, commands.isClosed], [true, false]);
  deepStrictEqual((await put('order.events', { paused: false })).body['paused'], false);
  strictEqual(events.isClosed, false);
});

test('a consumer has one gate, whoever asks for it', () => {
  const { gates, events } = scene();
  strictEqual(gates.gateOf('order.events'), events);
});

test('the list says who is paused', async () => {
  const { commands, http } = scene();
  commands.close();
  deepStrictEqual((await http.inject('/internal/consumers')).json(), {
    consumers: [
      { consumer: 'order.events', paused: false },
      { consumer: 'order.commands', paused: true },
    ],
  });
});

test('a consumer of another service is unknown, and what is no wish is refused by its field', async () => {
  const { put } = scene();
  const unknown = await put('payment.charge', { paused: true });
  deepStrictEqual([unknown.status, unknown.body['field']], [404, 'consumer']);
  for (const [body, field] of [
    [{}, 'paused'],
    [{ paused: 'yes' }, 'paused'],
    [{ paused: true, why: 'because' }, 'why'],
  ] as const) {
    const refused = await put('order.events', body);
    deepStrictEqual([refused.status, refused.body['field']], [400, field]);
  }
});
