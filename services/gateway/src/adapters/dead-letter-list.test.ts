import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import type { DeadLetterView } from '@conveyor/contracts/http';
import type { DeadLetterDesk } from '@conveyor/service-kit/dead-letters/desk';
import { listAll, uuidOf } from './dead-letter-list.ts';

/** A desk that can only list. */
function deskOf(service: string, uuids: readonly string[]): DeadLetterDesk {
  const newestFirst = uuids.toSorted().reverse();
  const list: DeadLetterDesk['list'] = async ({ cursor, limit }) => {
    const after = newestFirst.filter((uuid) => cursor === undefined || uuid < cursor);
    const page = after.slice(0, limit);
    const last = after.length > limit ? page.at(-1) : undefined;
    return {
      total: uuids.length,
      deadLetters: page.map((uuid) => ({ id: `${service}.${uuid}` }) as DeadLetterView),
      ...(last && { nextCursor: last }),
    };
  };
  return { list } as DeadLetterDesk;
}

/** All pages, one after the other. */
async function pagesOf(desks: readonly DeadLetterDesk[], limit: number): Promise<readonly string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
    const { total, deadLetters, nextCursor } = await listAll(desks, { cursor, limit });
    strictEqual(total, 7);
    pages.push(deadLetters.map(({ id }) => id));
    cursor = nextCursor;
  }
  return pages;
}

const ids = Array.from({ length: 7 }, () => newMessageId());
const pick = (...places: readonly number[]) => places.map((place) => ids[place] ?? '');

test('whoever reads all pages reads every letter of all services once, newest first', async () => {
  const desks = [
    deskOf('order', pick(3, 4, 6)),
    deskOf('order-saga', []),
    deskOf('payment', pick(0, 1, 2, 5)),
  ];
  for (const limit of [1, 2, 3, 4, 6, 7, 100]) {
    const pages = await pagesOf(desks, limit);
    strictEqual(pages.length, Math.ceil(7 / limit), `${limit} a page`);
    deepStrictEqual(
      pages.flat().map((id) => uuidOf({ id })),
      ids.toReversed(),
    );
  }
});

test('without one service there is no list', async () => {
  const away = { list: () => Promise.reject(new Error('away')) } as unknown as DeadLetterDesk;
  await rejects(listAll([deskOf('order', pick(0)), away], { limit: 10 }), /away/);
});
