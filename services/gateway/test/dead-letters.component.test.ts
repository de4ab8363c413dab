import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { DeadLetter } from '@conveyor/patterns/dead-letter-queue/dead-letter';
import { consumers, startDeadLetters } from './dead-letters.ts';

type Scene = Awaited<ReturnType<typeof startDeadLetters>>;
let scene: Scene;

before(async () => {
  scene = await startDeadLetters();
});
after(() => scene?.stop());

const api = '/api/dead-letters';

const charge = () => ({ orderId: randomUUID(), amount: { amount: 1, currency: 'EUR' }, priority: 'low' });

/** What every route answers that is asked in a wrong way: a problem that names the field. */
async function isProblem(
  answer: ReturnType<Scene['ask']>,
  status: number,
  field: string | undefined,
): Promise<string> {
  const { type, body, ...rest } = await answer;
  strictEqual(rest.status, status, JSON.stringify(body));
  match(type, /^application\/problem\+json/);
  deepStrictEqual([body.status, body.field], [status, field]);
  return body.detail;
}

const routes = [
  ['GET', api],
  ['GET', `${api}/payment.x`],
  ['POST', `${api}/payment.x/redrive`],
  ['POST', `${api}/redrive`],
  ['DELETE', `${api}/payment.x`],
] as const;

for (const [method, path] of routes) {
  test(`${method} ${path} is for the bearer of the admin token, whatever else is wrong`, async () => {
    const { ask } = scene;
    await isProblem(ask(method, path, { headers: { authorization: '' } }), 401, undefined);
    for (const wrong of ['Bearer another', 'Bearer another one'])
      await isProblem(ask(method, path, { headers: { authorization: wrong } }), 403, undefined);
  });
}

test('the documentation has the routes, and says that they are for admins', async () => {
  const { body } = await scene.ask('GET', '/openapi.json');
  deepStrictEqual(
    [
      '/api/dead-letters',
      '/api/dead-letters/{id}',
      '/api/dead-letters/{id}/redrive',
      '/api/dead-letters/redrive',
    ].map((path) => Object.keys(body.paths[path])),
    [['get'], ['get', 'delete'], ['post'], ['post']],
  );
  deepStrictEqual(body.paths['/api/dead-letters'].get.security, [{ admin: [] }]);
});

test('the letters of all services are one list, newest first, page by page', async () => {
  const { gateway, payment, ask } = scene;
  const kept: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const { id } = await (n % 2 === 0 ? gateway : payment).keep({ consumer: consumers[n % 2] ?? '' });
    kept.push(id);
  }
  const newestFirst = kept.toReversed();
  const first = (await ask('GET', `${api}?limit=2`)).body;
  deepStrictEqual(
    first.deadLetters.map(({ id }: { id: string }) => id),
    newestFirst.slice(0, 2),
  );
  const second = (await ask('GET', `${api}?limit=3&cursor=${first.nextCursor}`)).body;
  deepStrictEqual(
    second.deadLetters.map(({ id }: { id: string }) => id),
    newestFirst.slice(2),
  );
  strictEqual(second.total, first.total);
  deepStrictEqual((await ask('GET', `${api}?limit=2`)).body, first, 'looking changes nothing');
});

test('a letter is shown whole, in the list and alone', async () => {
  const { payment, ask } = scene;
  const { id, letter } = await payment.keep({ body: Buffer.from('{ "a": 1 }') });
  const alone = await ask('GET', `${api}/${id}`);
  strictEqual(alone.status, 200);
  const { payloadText, actions, ...shown } = alone.body;
  deepStrictEqual([payloadText, actions], ['{ "a": 1 }', []]);
  deepStrictEqual(
    [shown.id, shown.service, shown.consumer, shown.status, shown.attributes, shown.headers, shown.payload],
    [id, 'payment', 'payment.charge', 'waiting', letter.attributes, letter.headers, { a: 1 }],
  );
  const { body } = await ask('GET', `${api}?limit=1`);
  deepStrictEqual(body.deadLetters, [shown]);
  const upper = `payment.${letter.id.toUpperCase()}`;
  strictEqual((await ask('GET', `${api}/${upper}`)).body.id, id);
});

test('a payload that is too large for the service behind is refused as such, not as an outage', async () => {
  const { payment, ask } = scene;
  const { id } = await payment.keep();
  // What the gateway hands on is a few bytes longer than what it was handed.
  const payload = 'x'.repeat(1_048_576 - '{"payload":""}'.length);
  await isProblem(ask('POST', `${api}/${id}/redrive`, { body: { payload } }), 413, undefined);
});

test('any bytes can be shown', async () => {
  const { payment, ask } = scene;
  for (const [body, payload, encoding] of [
    [Buffer.from('not { json \u0000'), 'not { json \u0000', undefined],
    [Buffer.from('"text"'), 'text', undefined],
    [Buffer.from([0xff, 0xfe]), '//4=', 'base64'],
    [Buffer.alloc(0), '', undefined],
  ] as const) {
    const { id } = await payment.keep({ body, attributes: { id: '\0', type: '\0' } });
    const shown = (await ask('GET', `${api}/${id}`)).body;
    deepStrictEqual([shown.payload, shown.encoding], [payload, encoding]);
  }
});

test('the list is narrowed by broker and by queue, in each of the names that it has', async () => {
  const { payment, ask } = scene;
  const consumer = 'payment.refund';
  const rabbit = await payment.keep({ consumer });
  const kafka = await payment.keep({ consumer, broker: 'kafka' });
  const idsOf = async (query: string) => {
    const { total, deadLetters } = (await ask('GET', `${api}?${query}`)).body;
    strictEqual(total, deadLetters.length);
    return deadLetters.map(({ id }: { id: string }) => id);
  };
  deepStrictEqual(await idsOf('queue=payment.refund'), [kafka.id, rabbit.id]);
  deepStrictEqual(await idsOf('queue=payment.refund&broker=kafka'), [kafka.id]);
  deepStrictEqual(await idsOf('queue=payment.refund.dead'), [rabbit.id]);
  deepStrictEqual(await idsOf('queue=payment.refund-dlq'), [kafka.id]);
  ok((await idsOf('broker=kafka&limit=100')).includes(kafka.id));
  ok(!(await idsOf('broker=rabbitmq&limit=100')).includes(kafka.id));
});

for (const [query, field] of [
  ['broker=pigeon', 'broker'],
  ['cursor=yesterday', 'cursor'],
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=many', 'limit'],
  ['queue=', 'queue'],
  ['queue=payment.wish', 'queue'],
  ['queue=payment.refund.dead&broker=kafka', 'broker'],
  ['page=2', 'page'],
] as const) {
  test(`a list with ${query} is refused by the name of ${field}`, async () => {
    const detail = await isProblem(scene.ask('GET', `${api}?${query}`), 400, field);
    if (query === 'queue=payment.wish') for (const name of consumers) ok(detail.includes(name));
  });
}

test('an id that no letter can have is refused, one that none has is unknown', async () => {
  const { ask, unknownId } = scene;
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/redrive'],
    ['DELETE', ''],
  ] as const) {
    for (const id of ['a%20b', '%00', '..%2fx'])
      await isProblem(ask(method, `${api}/${id}${path}`), 400, 'id');
    for (const id of [unknownId(), randomUUID(), 'nobody.x', 'payment.', `sandbox.${randomUUID()}`, 'x']) {
      await isProblem(ask(method, `${api}/${id}${path}`), 404, 'id');
    }
  }
});

test('a letter is redriven once, by whom is written down, and it is off the list', async () => {
  const { payment, ask } = scene;
  const { id, letter } = await payment.keep();
  const redrive = (headers = {}) => ask('POST', `${api}/${id}/redrive`, { headers });
  const outcome = (what: string) => ({
    outcome: what,
    id,
    messageId: letter.attributes['id'],
    consumer: 'payment.charge',
    broker: 'rabbitmq',
  });
  const first = await redrive({ 'x-operator': 'Ada Lovelace' });
  deepStrictEqual([first.status, first.body], [200, outcome('redriven')]);
  deepStrictEqual((await redrive()).body, outcome('already-handled'));
  deepStrictEqual(await payment.sent(letter), [letter.body.toString()]);
  const { status, actions } = (await ask('GET', `${api}/${id}`)).body;
  strictEqual(status, 'redriven');
  deepStrictEqual(
    actions.map(({ who, what }: { who: string; what: string }) => [who, what]),
    [['Ada Lovelace', 'redriven']],
  );
  const { deadLetters } = (await ask('GET', `${api}?limit=100`)).body;
  ok(deadLetters.every((each: { id: string }) => each.id !== id));
});

test('whoever gives no sane name is known by where he is', async () => {
  const { payment, ask } = scene;
  for (const name of [undefined, '', ' ', 'a\tb', '<b>', 'x'.repeat(65)]) {
    const { id } = await payment.keep();
    await ask('POST', `${api}/${id}/redrive`, { headers: name === undefined ? {} : { 'x-operator': name } });
    const { actions } = (await ask('GET', `${api}/${id}`)).body;
    strictEqual(actions[0].who, 'admin 127.0.0.1');
  }
});

test('a dry run changes nothing', async () => {
  const { payment, ask } = scene;
  const { id, letter } = await payment.keep();
  const { body } = await ask('POST', `${api}/${id}/redrive`, { body: { dryRun: true } });
  deepStrictEqual([body.outcome, body.dryRun], ['would-redrive', true]);
  deepStrictEqual(await payment.sent(letter), []);
  deepStrictEqual((await ask('GET', `${api}/${id}`)).body.actions, []);
});

test('a payload is sent in the place of its own when it fits, and else refused by the name of its field', async () => {
  const { payment, ask } = scene;
  const { id, letter } = await payment.keep();
  const redrive = (payload: unknown) => ask('POST', `${api}/${id}/redrive`, { body: { payload } });
  const { orderId: _orderId, ...without } = charge();
  await isProblem(redrive(without), 422, 'payload.orderId');
  await isProblem(redrive({ ...charge(), priority: 'soon' }), 422, 'payload.priority');
  await isProblem(redrive(null), 422, 'payload');
  deepStrictEqual(await payment.sent(letter), []);
  const better = { ...charge(), orderId: letter.attributes['subject'] };
  await isProblem(redrive({ ...better, orderId: randomUUID() }), 422, 'payload.orderId');
  strictEqual((await redrive(better)).body.outcome, 'redriven');
  deepStrictEqual(
    (await payment.sent(letter)).map((text) => JSON.parse(text)),
    [better],
  );
});

test('what can never be sent is refused, and can be discarded', async () => {
  const { payment, ask } = scene;
  const odd: readonly (readonly [Partial<DeadLetter>, unknown, string])[] = [
    [{ attributes: {} }, {}, 'id'],
    [{ headers: { note: '\0' } }, {}, 'id'],
    [{ attributes: { id: randomUUID(), type: 'payment.wish' } }, { payload: {} }, 'payload'],
  ];
  for (const [more, body, field] of odd) {
    const { id } = await payment.keep(more);
    await isProblem(ask('POST', `${api}/${id}/redrive`, { body }), 422, field);
    const { status, body: answer } = await ask('DELETE', `${api}/${id}`);
    deepStrictEqual([status, answer], [200, { outcome: 'discarded', id }]);
  }
});

for (const [body, field] of [
  [{ dryRun: 'yes' }, 'dryRun'],
  [{ force: true }, 'force'],
  ['{', 'body'],
  ['[]', 'body'],
] as const) {
  test(`redriving with ${JSON.stringify(body)} is refused`, async () => {
    await isProblem(scene.ask('POST', `${api}/payment.x/redrive`, { body }), 400, field);
  });
}

for (const [body, field] of [
  [undefined, 'queue'],
  [{}, 'queue'],
  [{ queue: 'payment.wish' }, 'queue'],
  [{ queue: 'payment.charge', broker: 'pigeon' }, 'broker'],
  [{ queue: 'payment.charge-dlq', broker: 'rabbitmq' }, 'broker'],
  [{ queue: 'payment.charge', limit: 0 }, 'limit'],
  [{ queue: 'payment.charge', limit: 10_001 }, 'limit'],
  [{ queue: 'payment.charge', limit: '1' }, 'limit'],
  [{ queue: 'payment.charge', dryRun: 1 }, 'dryRun'],
  [{ queue: 'payment.charge', payload: {} }, 'payload'],
] as const) {
  test(`redriving many with ${JSON.stringify(body)} is refused by the name of ${field}`, async () => {
    await isProblem(scene.ask('POST', `${api}/redrive`, { body }), 400, field);
  });
}

test('many are redriven by the name of their queue, here and in another service', async () => {
  const { gateway, payment, ask } = scene;
  const origin = {
    broker: 'kafka',
    channel: 'order-events',
    address: { channel: 'order-events', key: 'k' },
  } as const;
  const kafka = { broker: 'kafka', origin } as const;
  for (const [service, consumer] of [
    [gateway, 'gateway.audit'],
    [payment, 'payment.refund'],
  ] as const) {
    const queue = `${consumer}-dlq`;
    await ask('POST', `${api}/redrive`, { body: { queue: consumer } });
    const kept = [
      await service.keep({ consumer, ...kafka }),
      await service.keep({ consumer, ...kafka }),
      await service.keep({ consumer }),
    ];
    const many = async (more = {}) =>
      (await ask('POST', `${api}/redrive`, { body: { queue, ...more } })).body;
    deepStrictEqual(await many({ dryRun: true }), {
      outcome: 'would-redrive',
      redriven: 0,
      wouldRedrive: 2,
      alreadyHandled: 0,
      remaining: 2,
      dryRun: true,
    });
    const numbers = { outcome: 'redriven', redriven: 1, alreadyHandled: 0 };
    deepStrictEqual(await many({ limit: 1 }), { ...numbers, remaining: 1 });
    deepStrictEqual(await many(), { ...numbers, remaining: 0 });
    const sent = await Promise.all(kept.map(({ letter }) => service.sent(letter)));
    deepStrictEqual(
      sent.map(({ length }) => length),
      [1, 1, 0],
    );
  }
});

test('a letter is discarded once, and only while it waits', async () => {
  const { payment, ask } = scene;
  const [letter, redriven] = [await payment.keep(), await payment.keep()];
  deepStrictEqual((await ask('DELETE', `${api}/${letter.id}`)).body, { outcome: 'discarded', id: letter.id });
  await isProblem(ask('DELETE', `${api}/${letter.id}`), 404, 'id');
  await isProblem(ask('GET', `${api}/${letter.id}`), 404, 'id');
  await isProblem(ask('POST', `${api}/${letter.id}/redrive`), 404, 'id');
  await ask('POST', `${api}/${redriven.id}/redrive`);
  const again = await ask('DELETE', `${api}/${redriven.id}`);
  deepStrictEqual([again.status, again.body], [200, { outcome: 'already-handled', id: redriven.id }]);
  deepStrictEqual((await ask('GET', `${api}/${redriven.id}`)).status, 200);
});

test('while a service is away the list is, too, and says which; what others have can still be had', async () => {
  const { gateway, askWithoutPayment: ask, unknownId } = scene;
  const { id } = await gateway.keep({ consumer: 'gateway.audit' });
  const queue = { body: { queue: 'payment.charge' } };
  for (const answer of [
    ask('GET', api),
    ask('GET', `${api}?queue=payment.charge`),
    ask('GET', `${api}/${unknownId()}`),
    ask('POST', `${api}/${unknownId()}/redrive`),
    ask('POST', `${api}/redrive`, queue),
    ask('DELETE', `${api}/${unknownId()}`),
  ]) {
    match(await isProblem(answer, 503, undefined), /payment/);
    strictEqual((await answer).retryAfter, '1');
  }
  strictEqual((await ask('GET', `${api}?queue=gateway.audit`)).status, 200);
  strictEqual((await ask('GET', `${api}/${id}`)).status, 200);
  strictEqual((await ask('POST', `${api}/${id}/redrive`)).body.outcome, 'redriven');
});

test('what is inside the system only is not there', async () => {
  for (const path of ['/internal/dead-letters', `/internal/dead-letters/${randomUUID()}`]) {
    await isProblem(scene.ask('GET', path), 404, undefined);
  }
});
