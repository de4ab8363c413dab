import { type Address, type BrokerName, newMessageId, writeEnvelope } from '@conveyor/brokers';
import { dataschemaOf } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import type { RelaySource } from '@conveyor/patterns/transactional-outbox/relay-source';

interface Batch {
  readonly ids: string[];
  /** A JSON array of entries. */
  readonly entries: string;
  readonly age_ms: number;
}

/** What one message may hold: below the 1,048,588 bytes that Kafka takes by default, with room for one more entry. */
const messageBytes = 700_000;

/**
 * The table `journal_outbox`: what waits, up to the limit, leaves as one message `journal.recorded` to `address`, or
 * as a few if one would be too large. To send parked entries again: `update journal_outbox set parked_at = null …`.
 */
export function journalSource(service: string, address: (broker: BrokerName) => Address): RelaySource {
  return {
    name: 'journal',
    async select(tx, broker, limit) {
      const { rows } = await tx.query<Batch>(
        `select array_agg(id::text order by id) as ids, json_agg(entry order by id)::text as entries,
                (extract(epoch from clock_timestamp() - min(created_at)) * 1000)::float8 as age_ms
         from (select id, entry, created_at,
                      sum(octet_length(entry::text)) over (order by id) / $3 as message
               from (select id, entry, created_at from journal_outbox
                     -- As in the outbox: so that only the index of what waits can be used.
                     where broker between $1 and $1 and parked_at is null order by broker, id limit $2) as oldest) as cut
         group by message order by message`,
        [broker, limit, messageBytes],
      );
      return rows.map(({ ids, entries, age_ms }) => ({
        ids,
        ageMs: age_ms,
        message: {
          address: address(broker),
          orderingKey: service,
          // It gets a new id each time it is sent; its entries have their own.
          attributes: envelopeFrom(service),
          body: Buffer.from(`{"entries":${entries}}`),
        },
      }));
    },
    async remove(tx, sent) {
      await tx.query('delete from journal_outbox where id = any($1::bigint[])', [
        sent.flatMap(({ ids }) => ids),
      ]);
    },
    async park(tx, unroutable) {
      await tx.query(
        `update journal_outbox set parked_at = now(), parked_reason = unroutable.reason
         from unnest($1::bigint[], $2::text[]) as unroutable (id, reason) where journal_outbox.id = unroutable.id`,
        [
          unroutable.flatMap(({ waiting }) => waiting.ids),
          unroutable.flatMap(({ waiting, reason }) => waiting.ids.map(() => reason)),
        ],
      );
    },
  };
}

/** It tells of many orders and belongs to none, so it has neither saga nor broker, and nothing led to it. */
function envelopeFrom(service: string) {
  const id = newMessageId();
  return writeEnvelope({
    id,
    type: 'journal.recorded',
    source: `/${service}`,
    subject: service,
    time: new Date().toISOString(),
    dataschema: dataschemaOf('journal.recorded'),
    correlationid: id,
    traceparent: newTraceparent(),
  });
}
