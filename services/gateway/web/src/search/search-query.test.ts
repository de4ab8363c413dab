import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { asQuery, nothingAsked, toggled } from './search-query.ts';

test('what is empty is not asked', () => {
  deepStrictEqual(asQuery({ ...nothingAsked, q: '  ' }), {
    q: undefined,
    status: undefined,
    customerId: undefined,
    sort: '-createdAt',
  });
});

test('several statuses are one question, and the best match needs words', () => {
  const asked = { q: 'mug', statuses: ['paid', 'completed'], customerId: 'ada', sort: 'relevance' };
  deepStrictEqual(asQuery(asked), {
    q: 'mug',
    status: 'paid,completed',
    customerId: 'ada',
    sort: 'relevance',
  });
  deepStrictEqual(asQuery({ ...asked, q: '' })['sort'], undefined);
});

test('a status is chosen or given up', () => {
  deepStrictEqual(toggled([], 'paid'), ['paid']);
  deepStrictEqual(toggled(['paid', 'completed'], 'paid'), ['completed']);
});
