import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { batchProjection, type ReadModel } from './batch-projection.ts';
import type { Sequenced, Versioned } from './projection.ts';

const event = (streamId: string, version: number): Sequenced => ({ streamId, version });

/** Documents in a map; `asked` for each time that it was asked for some. */
function readModel(stored: Readonly<Record<string, number>>) {
  const documents = new Map(
    Object.entries(stored).map(([id, version]): [string, Versioned] => [id, { version }]),
  );
  const asked: (readonly string[])[] = [];
  const model: ReadModel<Versioned> = {
    async find(ids) {
      asked.push(ids);
      return new Map([...documents].filter(([id]) => ids.includes(id)));
    },
    async write(changed) {
      for (const [id, document] of changed) documents.set(id, document);
    },
  };
  const projectBatch = batchProjection(model, (_document, { version }: Sequenced) => ({ version }));
  return { documents, asked, projectBatch };
}

test('the next event of a stream that is at hand costs no question', async () => {
  const { asked, projectBatch, documents } = readModel({});
  await projectBatch([event('a', 1), event('a', 2)]);
  await projectBatch([event('a', 3)]);
  deepStrictEqual(asked, [[], []]);
  deepStrictEqual(documents.get('a'), { version: 3 });
});

test('one that does not follow on what is at hand is asked for', async () => {
  const { asked, projectBatch } = readModel({ a: 4 });
  const { gaps } = await projectBatch([event('a', 5)]);
  deepStrictEqual([asked, gaps], [[['a']], []]);
});

test('also where an older one comes again before it', async () => {
  const { projectBatch, documents } = readModel({ a: 5 });
  const { applied, gaps } = await projectBatch([event('a', 1), event('a', 6)]);
  deepStrictEqual([applied, gaps], [[event('a', 1), event('a', 6)], []]);
  deepStrictEqual(documents.get('a'), { version: 6 });
});

test('a gap is told, and its document stays', async () => {
  const { projectBatch, documents } = readModel({ a: 1 });
  const { applied, gaps } = await projectBatch([event('a', 3), event('b', 1)]);
  deepStrictEqual([applied, gaps], [[event('b', 1)], [event('a', 3)]]);
  deepStrictEqual(documents.get('a'), { version: 1 });
});
