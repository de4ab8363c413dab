import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { type DemoNews, demoNews, textOf } from './demo-lines.ts';

async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}

async function all(pieces: AsyncIterable<string>): Promise<readonly DemoNews[]> {
  const news: DemoNews[] = [];
  for await (const each of demoNews(pieces)) news.push(each);
  return news;
}

const text =
  'retry: 1000\n\ndata: {"line":"one: two"}\n\n: still here\n\ndata:{"line":""}\r\n\r\ndata: {"exitCode":0}\n\n';
const told = [{ line: 'one: two' }, { line: '' }, { exitCode: 0 }];

test('the news are the same wherever the answer is cut', async () => {
  for (let size = 1; size <= text.length; size += 1) deepStrictEqual(await all(piecesOf(text, size)), told);
});

test('the last event counts without an empty line after it', async () => {
  deepStrictEqual(await all(piecesOf('data: {"exitCode":3}', 5)), [{ exitCode: 3 }]);
});

test('letters of several bytes may be cut as well', async () => {
  const bytes = new TextEncoder().encode('data: {"line":"→ ✓"}\n\n');
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  deepStrictEqual(await all(textOf(body)), [{ line: '→ ✓' }]);
});
