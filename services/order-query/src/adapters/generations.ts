import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Client } from '@elastic/elasticsearch';
import type { ShapedGeneration, ShapedGenerations } from '../handlers/shaped-generation.ts';
import { asked, untraced } from './elasticsearch.ts';
import { feedOf, isGeneration, nameOf, oldestFirst, searched, shapeOf } from './index-names.ts';
import { orderIndex } from './order-index.ts';
import { orderIndexSettings, refreshed } from './order-mapping.ts';
import type { StoppedOrders } from './stopped-orders.ts';

/**
 * The indices `orders-…`. Their aliases say which is searched and which are fed, so that there is no second place that could
 * differ. Elasticsearch takes only one index at a time as the one that `orders` may be written to (nobody does): so there
 * is never a second one that is searched, whatever comes late. Those that are made have documents of this `shape`.
 */
export function createGenerations(
  client: Client,
  stopped: StoppedOrders,
  shape: number,
  now: () => Date,
): ShapedGenerations {
  const shown = (index: string) => ({ add: { index, alias: searched, is_write_index: true } });

  return {
    async list() {
      const all = await asked(() => client.indices.getAlias({ index: 'orders-*' }, untraced));
      const generations = Object.entries(all)
        .filter(([name]) => isGeneration(name))
        .map(([name, { aliases }]): ShapedGeneration => {
          return { name, shape: shapeOf(name), live: searched in aliases, fed: feedOf(name) in aliases };
        });
      return oldestFirst(generations);
    },

    async create() {
      const name = nameOf(shape, now());
      await done(() =>
        client.indices.create({ index: name, ...orderIndexSettings, aliases: { [feedOf(name)]: {} } }),
      );
      return name;
    },

    fence: (name) =>
      done(() =>
        client.indices.updateAliases({ actions: [{ remove: { index: name, alias: feedOf(name) } }] }),
      ),

    feed: (name) =>
      done(() => client.indices.updateAliases({ actions: [{ add: { index: name, alias: feedOf(name) } }] })),

    async takeOver(next, former, onLook) {
      // What has another shape cannot be copied: such an order waits for its letters to be redriven, here as well.
      if (shapeOf(next) !== shapeOf(former)) return;
      const ids = await stopped.of(next);
      const [theirs, ours] = [orderIndex(client, former), orderIndex(client, next)];
      for (let from = 0; from < ids.length; from += 500) {
        await onLook();
        await ours.write(await theirs.find(ids.slice(from, from + 500)));
      }
    },

    async refresh(name) {
      await done(() => client.indices.putSettings({ index: name, settings: refreshed }));
      await asked(() => client.indices.refresh({ index: name }));
    },

    switchTo: (next, former) =>
      done(() =>
        client.indices.updateAliases({
          actions: [
            ...(former === undefined ? [] : [{ remove: { index: former, alias: searched } }]),
            shown(next),
          ],
        }),
      ),

    async drop(name, live) {
      // First by itself: refused if readers are shown another one by now. In one request with the removal it would not be, if that
      // other one is the one removed. With the removal once more, so that `live` is shown whatever has come in between.
      await done(() => client.indices.updateAliases({ actions: [shown(live)] }));
      await done(() =>
        client.indices.updateAliases({ actions: [shown(live), { remove_index: { index: name } }] }),
      );
    },
  };
}

/** Not acknowledged means that not all nodes have heard of it: one of them may still do as before. */
async function done(change: () => Promise<{ readonly acknowledged: boolean }>): Promise<void> {
  const { acknowledged } = await asked(change);
  if (!acknowledged)
    throw new InfrastructureFault('elasticsearch-slow', 'The change is not known on all nodes yet');
}
