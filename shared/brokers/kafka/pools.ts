import { Pool } from '../pool.ts';

/** A {@link Pool} for each key, each with slots of its own: work that hangs in one holds up none of another. */
export class Pools {
  readonly #limit: number;
  readonly #byKey = new Map<unknown, Pool>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(key: unknown): Pool {
    const known = this.#byKey.get(key);
    if (known) return known;
    const pool = new Pool(this.#limit);
    this.#byKey.set(key, pool);
    return pool;
  }

  /** Resolves once nothing runs or waits in any of them. */
  async idle(): Promise<void> {
    await Promise.all([...this.#byKey.values()].map((pool) => pool.idle()));
  }
}
