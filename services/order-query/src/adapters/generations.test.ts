import { deepStrictEqual, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@elastic/elasticsearch';
import { createGenerations } from './generations.ts';
import type { StoppedOrders } from './stopped-orders.ts';

/** Elasticsearch, as far as it is asked here, with these indices and no documents; and how many of them were asked for at a time. */
function ground(indices: readonly string[], stoppedOrders: readonly string[] = []) {
  const asked: number[] = [];
  const client = {
    indices: {
      getAlias: async () => Object.fromEntries(indices.map((name) => [name, { aliases: {} }])),
    },
    async mget({ ids }: { readonly ids: readonly string[] }) {
      asked.push(ids.length);
      return { docs: [] };
    },
  } as unknown as Client;
  const stopped: StoppedOrders = {
    add: async () => {},
    of: async () => stoppedOrders,
    forget: async () => {},
  };
  return { asked, generations: createGenerations(client, stopped, 2, () => new Date()) };
}

const [first, second, third] = [
  'orders-v2-20261127184457012',
  'orders-v1-20261127184457013',
  'orders-v2-20261127184457014',
] as const;

test('the oldest stands first, whatever the shape of its documents', async () => {
  const { generations } = ground([third, 'orders-archive', first, second]);
  deepStrictEqual(
    (await generations.list()).map(({ name }) => name),
    [first, second, third],
  );
});

test('however much is taken over, the right to do it is looked after between the parts', async () => {
  const ids = Array.from({ length: 1_200 }, (_, n) => `order-${n}`);
  const { generations, asked } = ground([first, third], ids);
  let looks = 0;
  const lostAt = (last: number) => async () => {
    looks += 1;
    if (looks === last) throw new Error('no longer');
  };
  await generations.takeOver(third, first, lostAt(0));
  deepStrictEqual([looks, asked.splice(0)], [3, [500, 500, 200]]);
  await rejects(generations.takeOver(third, first, lostAt(5)), /no longer/);
  deepStrictEqual(asked, [500]);
});
