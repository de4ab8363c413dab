import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { News } from './news.ts';
import type { Entry } from './timeline.ts';

const entry = (detail: string): Entry => ({
  at: '2026-11-23T10:00:00.000Z',
  kind: 'state',
  service: 'order',
  detail,
});
const [a, b, c] = [entry('a'), entry('b'), entry('c')];

test('an entry is printed one look after it was first seen, and once', () => {
  const news = new News();
  deepStrictEqual(news.of([a]), []);
  deepStrictEqual(news.of([a]), [a]);
  deepStrictEqual(news.of([a]), []);
});

test('what turns out to have happened before comes before', () => {
  const news = new News();
  news.of([b]);
  deepStrictEqual(news.of([a, b]), [b], 'it waits for one look only');
  deepStrictEqual(news.of([a, b, c]), [a]);

  const fresh = new News();
  fresh.of([a]);
  fresh.of([a, c]);
  deepStrictEqual(fresh.rest([a, b, c]), [b, c]);
});

test('at the end nothing is held back', () => {
  const news = new News();
  news.of([a]);
  deepStrictEqual(news.rest([a, b]), [a, b]);
  deepStrictEqual(news.rest([a, b]), []);
});
