import { randomUUID } from 'node:crypto';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Lease } from '../handlers/rebuild-projection.ts';

/** Three times as long as Elasticsearch may take for one answer. */
const leaseSeconds = 30;

export function createLease(database: Tx): Lease {
  return {
    async take() {
      // New each time: what was taken before, and has ended, must not be taken for this one.
      const holder = randomUUID();
      const { rowCount } = await database.query(
        `insert into rebuild_lease as lease (holder, until) values ($1, now() + make_interval(secs => $2))
         on conflict (only_row) do update set holder = excluded.holder, until = excluded.until
           where lease.until < now()`,
        [holder, leaseSeconds],
      );
      if (rowCount !== 1) return undefined;
      return {
        async renew() {
          const renewed = await database.query(
            // Late is early enough, as long as nobody else has taken it: that would have changed the holder.
            'update rebuild_lease set until = now() + make_interval(secs => $2) where holder = $1',
            [holder, leaseSeconds],
          );
          if (renewed.rowCount !== 1)
            throw new Error('the lease has ended before the work that it was taken for');
        },
        async giveBack() {
          await database.query('delete from rebuild_lease where holder = $1', [holder]);
        },
      };
    },
  };
}
