import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Delivery, newMessageId } from '@conveyor/brokers';
import { dataschemaOf, readBody } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { answerRequests } from '@conveyor/service-kit/messaging/answer-requests';
import { products } from '../src/adapters/products.ts';
import { answerQuote } from '../src/handlers/answer-quote.ts';
import { startInventory } from './inventory.ts';

let inventory: Awaited<ReturnType<typeof startInventory>>;
before(async () => {
  inventory = await startInventory();
});
after(() => inventory.stop());

function request(body: object): Delivery {
  const type = 'inventory.quote';
  return {
    attributes: {
      id: newMessageId(),
      type,
      source: '/order',
      subject: 'mug',
      time: new Date().toISOString(),
      dataschema: dataschemaOf(type),
      correlationid: 'test-quote',
      traceparent: newTraceparent(),
    },
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
    origin: {
      broker: 'kafka',
      channel: 'inventory-quotes',
      address: { channel: 'inventory-quotes', key: '' },
    },
    redelivered: false,
  };
}

const ask = (question: Delivery) =>
  answerRequests({
    service: 'inventory',
    request: 'inventory.quote',
    reply: 'inventory.quoted',
    answer: answerQuote({ database: inventory.database, products, faults: inventory.faults }),
  })(question);

test('a quote names and prices what is known, lists what is not, and follows from its request', async () => {
  const question = request({ skus: ['tea', 'ghost', 'mug', 'mug', 'ghost'] });

  const reply = await ask(question);

  ok(reply);
  const { attributes } = reply;
  strictEqual(attributes['type'], 'inventory.quoted');
  strictEqual(attributes['correlationid'], 'test-quote');
  strictEqual(attributes['causationid'], question.attributes['id']);
  strictEqual(attributes['source'], '/inventory');
  strictEqual(attributes['traceparent']?.slice(0, 35), question.attributes['traceparent']?.slice(0, 35));
  deepStrictEqual(readBody('inventory.quoted', attributes['dataschema'] ?? '', reply.body), {
    data: {
      products: [
        { sku: 'mug', name: 'Stoneware mug', unitPrice: 950, currency: 'EUR' },
        { sku: 'tea', name: 'Green tea, 100 g', unitPrice: 620, currency: 'EUR' },
      ],
      unknown: ['ghost'],
    },
  });
});

test('a request that cannot be read gets no answer', async () => {
  await rejects(ask(request({ skus: [] })), { name: 'PermanentFault', code: 'invalid-body' });
  await rejects(ask({ ...request({ skus: ['mug'] }), attributes: {} }), { code: 'incomplete-envelope' });
});

test('a fault can leave quotes unanswered', async () => {
  inventory.faults.change({ inventory: { mode: 'timeout' } });
  strictEqual(await ask(request({ skus: ['mug'] })), undefined);
  inventory.faults.change({ inventory: { mode: 'ok' } });
});
