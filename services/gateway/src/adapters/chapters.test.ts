import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { chapterOf, readChapters } from './chapters.ts';

test('a chapter is known by its folder, titled by its first heading, and told by its first paragraph', () => {
  const readme = '# 09a Saga: choreography\n\n## The problem\nAn order takes\nthree services.\n\nMore.\n';
  deepStrictEqual(chapterOf('09a-saga-choreography', readme), {
    number: '09a',
    name: 'saga-choreography',
    title: 'Saga: choreography',
    summary: 'An order takes three services.',
    readme,
  });
});

test('a heading without a number, a paragraph without a heading', () => {
  const { title, summary } = chapterOf('01-one', 'Text first.\n\n# Title\n');
  deepStrictEqual([title, summary], ['Title', 'Text first.']);
});

test('all chapters are read, in their order, each with a title and a summary of words', async () => {
  const all = await readChapters(new URL('../../../../shared/patterns/', import.meta.url));
  const numbers = all.map(({ number }) => number);
  deepStrictEqual(numbers, numbers.toSorted());
  ok(all.length >= 17);
  for (const { name, title, summary } of all) {
    ok(/^[A-Z][^#\d]/.test(title), `${name}: ${title}`);
    ok(summary.length > 60 && !summary.startsWith('#') && !summary.includes('\n'), name);
  }
  strictEqual(all.find(({ number }) => number === '06')?.name, 'dead-letter-queue');
});
