import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { endOf, lineOf, type Paint, waitingFor } from './story.ts';
import type { Entry, Timeline } from './timeline.ts';

const plain: Paint = (_style, text) => text;
const start = Date.parse('2026-11-23T10:00:00.000Z');

function line(about: Partial<Entry> & Pick<Entry, 'kind'>): string {
  const entry: Entry = {
    at: '2026-11-23T10:00:01.250Z',
    service: 'payment',
    broker: 'kafka',
    type: 'payment.charge',
    ...about,
  };
  return lineOf(entry, start, plain);
}

function saga(about: Partial<Timeline['saga']>): Timeline {
  return {
    orderId: 'x',
    entries: [],
    saga: { style: 'choreography', state: 'running', done: [], next: [], ...about },
  };
}

test('a message goes from a service to a broker, and from there to a service', () => {
  strictEqual(
    line({ kind: 'published', service: 'order', type: 'order.created', detail: 'order-events' }),
    '    1.250 s                   order ──order.created──▶ order-events (kafka)',
  );
  strictEqual(
    line({ kind: 'received', service: 'inventory', type: 'order.created', detail: 'order-events' }),
    '    1.250 s            order-events ──order.created──▶ inventory',
  );
});

for (const [about, expected] of [
  [{ kind: 'handled', detail: 'payment.completed' }, 'payment ✓ payment.charge → payment.completed'],
  [{ kind: 'handled' }, 'payment ✓ payment.charge'],
  [{ kind: 'duplicate' }, 'payment = payment.charge came again, without effect'],
  [
    { kind: 'retried', attempt: 2, detail: 'no-answer' },
    'payment ↻ payment.charge failed, try 2 follows: no-answer',
  ],
  [
    { kind: 'dead-lettered', attempt: 1, detail: 'permanent: not-json' },
    'payment ✗ payment.charge is given up after 1 try: permanent: not-json',
  ],
  [{ kind: 'dead-lettered', attempt: 4 }, 'payment ✗ payment.charge is given up after 4 tries'],
  [{ kind: 'redriven' }, 'payment ↺ payment.charge is sent once more'],
  [{ kind: 'state', detail: 'paid' }, 'payment ● paid'],
  [{ kind: 'projected' }, 'payment ▤ payment.charge can be searched'],
  [{ kind: 'delivered', detail: 'email' }, 'payment ✉ delivered: email'],
] as const) {
  test(`${about.kind}${'detail' in about ? ` (${about.detail})` : ''} is told in words`, () => {
    strictEqual(line(about).slice(13).trimStart(), expected);
  });
}

test('each kind has its colour, and times are dim', () => {
  const tags: Paint = (style, text) => `<${style}>${text}</${style}>`;
  const entry: Entry = {
    at: '2026-11-23T10:00:00.000Z',
    kind: 'state',
    service: 'order',
    detail: 'pending',
  };
  strictEqual(
    lineOf(entry, start, tags),
    '<dim>    0.000 s</dim>                   order <bold>● pending</bold>',
  );
});

test('what a broken message calls itself cannot give the terminal orders', () => {
  strictEqual(
    line({ kind: 'duplicate', type: 'x\u001b[2J\r' }).slice(13).trimStart(),
    'payment = x·[2J· came again, without effect',
  );
});

test('while nothing happens it says what is still to come', () => {
  strictEqual(waitingFor(saga({ next: ['charge', 'complete'] })), '… still to come: charge, complete');
  strictEqual(waitingFor(saga({ state: 'compensating', next: ['refund'] })), '… to be undone: refund');
  strictEqual(waitingFor(saga({})), undefined);
});

test('the end is told with what was done, or with what holds it up', () => {
  strictEqual(endOf(saga({ next: ['charge'] }), plain), undefined);
  strictEqual(endOf(saga({ state: 'compensating' }), plain), undefined);
  deepStrictEqual(
    [
      endOf(saga({ state: 'done', done: ['create', 'reserve'] }), plain),
      endOf(saga({ state: 'done' }), plain),
      endOf(saga({ state: 'stuck', reason: 'no answer', next: ['sell'] }), plain),
      endOf(saga({ state: 'stuck' }), plain),
    ],
    ['Done: create, reserve.', 'Done.', 'Stuck: no answer. Not done: sell.', 'Stuck: nobody says why.'],
  );
});
