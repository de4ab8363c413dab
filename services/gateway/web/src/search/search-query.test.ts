import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { asQuery, nothingAsked, toggled } from './search-query.ts';

test('what is empty is not asked', () => {
  const asked = Object.entries(asQuery({ ...nothingAsked, q: '  ' }));
  deepStrictEqual(
    asked.filter(([, value]) => value !== undefined),
    [['sort', '-createdAt']],
  );
});

test('several statuses are one question, and the best match needs words', () => {
  const asked = { ...nothingAsked, q: 'mug', statuses: ['paid', 'completed'], sort: 'relevance' };
  const { q, status, sort } = asQuery(asked);
  deepStrictEqual({ q, status, sort }, { q: 'mug', status: 'paid,completed', sort: 'relevance' });
  deepStrictEqual(asQuery({ ...asked, q: '' })['sort'], undefined);
});

test('an amount is asked for in minor units', () => {
  const { minTotal, maxTotal } = asQuery({ ...nothingAsked, minTotal: '0', maxTotal: '19.99' });
  deepStrictEqual([minTotal, maxTotal], [0, 1_999]);
});

test('days are those of the reader, the last one to its end', () => {
  const { from, to } = asQuery({ ...nothingAsked, from: '2026-11-25', to: '2026-11-25' });
  deepStrictEqual(
    [from, to].map((at) => new Date(at ?? '').toString().slice(0, 24)),
    ['Wed Nov 25 2026 00:00:00', 'Wed Nov 25 2026 23:59:59'],
  );
});

test('a day that is none is not asked', () => {
  const { from, to } = asQuery({ ...nothingAsked, from: '20260-11-25', to: '2026-13-01' });
  deepStrictEqual([from, to], [undefined, undefined]);
});

test('a status is chosen or given up', () => {
  deepStrictEqual(toggled([], 'paid'), ['paid']);
  deepStrictEqual(toggled(['paid', 'completed'], 'paid'), ['completed']);
});
