import type { Generation, Generations } from '@conveyor/patterns/cqrs/rebuild';
import type { Client } from '@elastic/elasticsearch';
import { asked } from './elasticsearch.ts';
import { orderIndex } from './order-mapping.ts';

/** What readers ask: the alias of the live generation. */
export const searched = 'orders';

/** What is written to: the alias of one generation, which it has while it is being fed. Without it every write is refused. */
export function feedOf(generation: string): string {
  return `${generation}-feed`;
}

/** The indices `orders-…`. Their aliases say which is searched and which are fed, so that there is no second place that could differ. */
export function createGenerations(client: Client, now: () => Date): Generations {
  return {
    list: () =>
      asked(async () => {
        const all = await client.indices.getAlias({ index: 'orders-*' });
        return Object.entries(all).map(([name, { aliases }]): Generation => {
          return { name, live: searched in aliases, fed: feedOf(name) in aliases };
        });
      }),

    create: ({ live }) =>
      asked(async () => {
        const name = `orders-${now().toISOString().replaceAll(/\D/g, '')}`;
        const aliases = { [feedOf(name)]: {}, ...(live && { [searched]: {} }) };
        await client.indices.create({ index: name, ...orderIndex, aliases });
        return name;
      }),

    fence: (name) =>
      asked(async () => {
        await client.indices.deleteAlias({ index: name, name: feedOf(name) }, { ignore: [404] });
      }),

    feed: (name) =>
      asked(async () => {
        await client.indices.putAlias({ index: name, name: feedOf(name) });
      }),

    refresh: (name) =>
      asked(async () => {
        await client.indices.refresh({ index: name });
      }),

    switchTo: (next, former) =>
      asked(async () => {
        const add = { add: { index: next, alias: searched } };
        await client.indices.updateAliases({ actions: [add, { remove_index: { index: former } }] });
      }),

    drop: (name) =>
      asked(async () => {
        await client.indices.delete({ index: name }, { ignore: [404] });
      }),
  };
}
