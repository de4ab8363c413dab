import { type BrokerName, brokerNames } from '@conveyor/brokers';
import type { Tx } from './tx.ts';

/** What is in the outbox for one broker. */
export interface Lag {
  /** Messages that the relay has yet to send; 10,000 stands for that many or more. */
  readonly waiting: number;
  /** How long ago the oldest of those next to be sent was written, by the database's clock; 0 when none waits. */
  readonly oldestMs: number;
  /** Messages that no queue would take, about which a person must decide; 10,000 stands for that many or more. */
  readonly parked: number;
}

export type OutboxLag = Readonly<Record<BrokerName, Lag>>;

/** How far each broker's relay is behind, in one statement. */
export async function outboxLag(tx: Tx): Promise<OutboxLag> {
  const { rows } = await tx.query<Lag & { readonly broker: BrokerName }>(select);
  return Object.fromEntries(rows.map(({ broker, ...lag }) => [broker, lag])) as OutboxLag;
}

/** It is asked for while a broker is away, and must not cost more the longer that lasts: nothing beyond is looked at. */
const countAtMost = 10_000;

/**
 * Asked as schema.sql says. The names stand in the text, since a prepared statement is planned for any broker, without
 * knowing how much waits for which.
 */
const lagOf = (broker: BrokerName) => `
  select '${broker}' as broker, waiting, oldest_ms as "oldestMs", parked
  from (select count(*)::int as waiting,
               greatest(round(extract(epoch from clock_timestamp() - min(created_at)) * 1000), 0)::float8 as oldest_ms
        from (select created_at from outbox
              where broker between '${broker}' and '${broker}' and parked_at is null
              order by broker, id limit ${countAtMost}) as oldest) as unsent,
       (select count(*)::int as parked
        from (select from outbox
              where broker between '${broker}' and '${broker}' and parked_at is not null
              order by broker, id limit ${countAtMost}) as unroutable) as unsendable`;

const select = brokerNames.map(lagOf).join(' union all ');
