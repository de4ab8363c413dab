import type { BrokerName } from '@conveyor/brokers';
import type { Databases } from '@conveyor/e2e/databases';
import type { PlainSender } from '../relay/plain-senders.ts';
import { type RelayGround, someMessages } from '../relay/relay-ground.ts';

const tries = 100;

/** From the completion of an order back to its placing: of how many messages each was the cause of the next. */
export async function hopsOf(databases: Databases, orderId: string): Promise<number> {
  const [row] = await databases.query<{ hops: number }>(
    'conveyor_gateway',
    `with recursive published as (
       select message_id, causation_id, type from journal where order_id = $1 and kind = 'published'
     ), chain as (
       select message_id, causation_id, 1 as hops from published where type = 'order.completed'
       union select published.message_id, published.causation_id, hops + 1
       from published join chain on published.message_id = chain.causation_id
     )
     select max(hops)::int as hops from chain`,
    [orderId],
  );
  if (!row?.hops) throw new Error(`the flight recorder knows no completion of ${orderId}`);
  return row.hops;
}

/**
 * What so many hops take at least, one after the other, with nothing else to do: one commit and one confirm each. In
 * milliseconds, one value for each try.
 */
export async function timedChains(
  ground: RelayGround,
  broker: BrokerName,
  sender: PlainSender,
  hops: number,
): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let n = 0; n < tries; n++) {
    const messages = someMessages(broker, hops);
    const start = performance.now();
    for (const message of messages) {
      await ground.database.query('insert into hops (body) values ($1)', [message.body]);
      await sender.send([message]);
    }
    taken.push(performance.now() - start);
  }
  return taken;
}
