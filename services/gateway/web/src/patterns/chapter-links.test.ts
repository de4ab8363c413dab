import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { chapterHref } from './chapter-links.ts';

const patterns = [
  { number: '06', name: 'dead-letter-queue' },
  { number: '09a', name: 'saga-choreography' },
];

test('a link to another chapter leads there', () => {
  for (const href of [
    '../06-dead-letter-queue',
    '../06-dead-letter-queue/',
    '../06-dead-letter-queue/README.md',
    '../06-dead-letter-queue/README.md#proof',
  ])
    strictEqual(chapterHref(href, patterns), '#/patterns/dead-letter-queue', href);
  strictEqual(chapterHref('../09a-saga-choreography', patterns), '#/patterns/saga-choreography');
});

test('a file of the repository leads nowhere, the web to itself', () => {
  strictEqual(chapterHref('redrive.ts', patterns), undefined);
  strictEqual(chapterHref('../06-dead-letter-queue/redrive.ts', patterns), undefined);
  strictEqual(chapterHref('../99-unknown', patterns), undefined);
  strictEqual(chapterHref('javascript:alert(1)', patterns), undefined);
  strictEqual(chapterHref('https://www.rabbitmq.com', patterns), 'https://www.rabbitmq.com');
});
