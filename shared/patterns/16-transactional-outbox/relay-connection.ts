import { createHash } from 'node:crypto';
import type { Tx } from './tx.ts';

/**
 * ONE connection to PostgreSQL, for a relay alone: its lock and its LISTEN belong to the session, so
 * a pool or a transaction pooler in between would break both. Turn on TCP keepalive at both ends:
 * the server frees the lock of a machine that vanished only when it notices.
 */
export interface RelayConnection extends Tx {
  /** `listener` is called for each notification that arrives. */
  onNotification(listener: () => void): void;
  /** `listener` is called when the connection is lost (again or after `close` does no harm). Queries then reject. */
  onLost(listener: (error: Error) => void): void;
  close(): Promise<void>;
}

/** The right to send what waits under one name: held by one session at a time, and ended by PostgreSQL with it. */
export class Leadership {
  readonly #connection: RelayConnection;
  readonly #name: string;
  readonly #lockKey: string;

  constructor(connection: RelayConnection, name: string) {
    this.#connection = connection;
    this.#name = name;
    this.#lockKey = createHash('sha256').update(this.#name).digest().readBigInt64BE().toString();
  }

  /**
   * Tries, rather than waits in `pg_advisory_lock`: a waiting statement holds a snapshot, and dead
   * rows that a snapshot might still see are not vacuumed. For a table whose rows live milliseconds
   * that is ruin. A leader hears the wake-ups of the other instances from here on.
   */
  async tryToGain(): Promise<boolean> {
    const { rows } = await this.#connection.query<{ gained: boolean }>(
      'select pg_try_advisory_lock($1::bigint) as gained',
      [this.#lockKey],
    );
    if (!rows[0]?.gained) return false;
    await this.#connection.query(`listen "${this.#name.replaceAll('"', '""')}"`);
    return true;
  }

  async giveUp(): Promise<void> {
    await this.#connection.query('unlisten *');
    await this.#connection.query('select pg_advisory_unlock($1::bigint)', [this.#lockKey]);
  }

  /** Tells the leader, whichever instance that is, that there are rows to send. */
  async wakeLeader(): Promise<void> {
    await this.#connection.query('select pg_notify($1, $2)', [this.#name, '']);
  }
}
