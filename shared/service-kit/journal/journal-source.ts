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

/** The table `journal_outbox`: all that waits, up to the limit, is one message `journal.recorded` to `address`. */
export function journalSource(service: string, address: (broker: BrokerName) => Address): RelaySource {
  return {
    name: 'journal',
    async select(tx, broker, limit) {
      const { rows } = await tx.query<Batch>(
        `select array_agg(id::text) as ids, json_agg(entry order by id)::text as entries,
                (extract(epoch from clock_timestamp() - min(created_at)) * 1000)::float8 as age_ms
         from (select id, entry, created_at from journal_outbox
               where broker = $1 and parked_at is null order by id limit $2) as oldest
         having count(*) > 0`,
        [broker, limit],
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
        'update journal_outbox set parked_at = now(), parked_reason = $2 where id = any($1::bigint[])',
        [unroutable.flatMap(({ waiting }) => waiting.ids), unroutable[0]?.reason],
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
