import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, asError, type Broker, type PublishOutcome } from '@conveyor/brokers';
import { GrowingPause } from './growing-pause.ts';
import { Leadership, type RelayConnection } from './relay-connection.ts';
import type { RelaySource, UnroutableMessage, WaitingMessage } from './relay-source.ts';
import { outbox } from './waiting-rows.ts';
import { WakeUp } from './wake-up.ts';

export type { RelayConnection } from './relay-connection.ts';

export interface RelayOptions {
  /** Whose rows: instances of one service share them, and one of them sends. */
  readonly service: string;
  readonly broker: Broker;
  /** Default: the table `outbox`. */
  readonly source?: RelaySource;
  /** Opens a connection for this relay alone; called again, with growing pauses, whenever it is lost. */
  readonly connect: () => Promise<RelayConnection>;
  /** Rows (not messages) per round trip to the broker. Default 200. */
  readonly batchSize?: number;
  /** How often to look unasked: the net below the wake-ups, and the time in which another instance takes over. Default 5000. */
  readonly pollMs?: number;
  /** How long to let rows gather after a wake-up, for a source whose batches may grow at the cost of time. Default 0. */
  readonly lingerMs?: number;
  /** Must not throw. */
  readonly onEvent?: (event: RelayEvent) => void;
}

export type RelayEvent =
  /** This instance sends from now on. */
  | { readonly kind: 'lock-gained' }
  /** It no longer does: its connection is gone, or its broker took nothing. */
  | { readonly kind: 'lock-lost' }
  /** `count`: messages, each of one row or many. `lagMs`: how long the oldest row of the batch had waited. */
  | { readonly kind: 'published'; readonly count: number; readonly lagMs: number }
  /**
   * No queue takes this message. Its rows stay in their table; `rowIds` finds them there, also where a message is
   * made of many and has another id each time.
   */
  | {
      readonly kind: 'parked';
      readonly messageId: string;
      readonly rowIds: readonly string[];
      readonly address: Address;
      readonly reason: string;
    }
  /** `count` messages are not known to be stored and will be sent again; `error` is that of the first. */
  | { readonly kind: 'failed'; readonly count: number; readonly error: Error }
  /** The database could not be reached, or a statement failed. */
  | { readonly kind: 'interrupted'; readonly error: Error };

export interface Relay {
  /** To be called after each commit that wrote outbox rows. Costs nothing; many calls count as one. */
  wake(): void;
  /** Finishes the batch in hand, for at most five seconds. What it leaves is sent by the next relay. */
  stop(): Promise<void>;
}

/**
 * Sends the waiting rows of one service to one broker. A row is deleted only once the broker has
 * confirmed its message, so each is sent at least once: after a crash in between, twice, with the
 * same id. Messages of one ordering key leave in the order of their ids, except those behind a parked one, which overtake it.
 */
export function startRelay(options: RelayOptions): Relay {
  return new OutboxRelay(options);
}

const stopWithinMs = 5_000;
const notifyAfterMs = 10;

class OutboxRelay implements Relay {
  readonly #options: RelayOptions;
  readonly #source: RelaySource;
  readonly #batchSize: number;
  readonly #pollMs: number;
  readonly #lingerMs: number;
  readonly #stopping = new AbortController();
  readonly #wakeUp = new WakeUp();
  readonly #reconnecting = new GrowingPause(50, 2_000);
  readonly #retrying = new GrowingPause(50, 2_000);
  readonly #running: Promise<void>;
  #connection: RelayConnection | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#source = options.source ?? outbox;
    this.#batchSize = options.batchSize ?? 200;
    this.#pollMs = options.pollMs ?? 5_000;
    this.#lingerMs = options.lingerMs ?? 0;
    this.#running = this.#run();
  }

  wake(): void {
    this.#wakeUp.call();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.race([this.#running, sleep(stopWithinMs, undefined, { ref: false })]);
    // Normally closed by now. If not, the batch hangs at the broker; the lock must not hang with it.
    await this.#connection?.close().catch(() => {});
  }

  /** One connection after the other, until the relay stops. Never rejects. */
  async #run(): Promise<void> {
    const stopping = this.#stopping.signal;
    while (!stopping.aborted) {
      try {
        this.#connection = await this.#options.connect();
        await this.#use(this.#connection);
      } catch (error) {
        if (stopping.aborted) return;
        this.#emit({ kind: 'interrupted', error: asError(error) });
        await this.#reconnecting.wait(stopping).catch(() => {});
      }
    }
  }

  /** Leads or stands by, until the relay stops. Rejects when the connection is lost or a statement fails. */
  async #use(connection: RelayConnection): Promise<void> {
    const lost = new AbortController();
    connection.onLost((error) => lost.abort(error));
    connection.onNotification(() => this.#wakeUp.call());
    const { service, broker } = this.#options;
    const leadership = new Leadership(connection, `${this.#source.name}_${service}_${broker.name}`);
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    try {
      while (!signal.aborted) {
        await broker.connected(signal);
        if (await leadership.tryToGain()) await this.#lead(connection, leadership, signal);
        else await this.#standBy(leadership, signal);
      }
      lost.signal.throwIfAborted();
    } catch (error) {
      throw lost.signal.aborted ? lost.signal.reason : error;
    } finally {
      this.#connection = undefined;
      await connection.close().catch(() => {});
    }
  }

  /**
   * Sends while the broker takes messages. When it takes none at all the lead is given up, since
   * another instance may still reach the broker, and tried for again after a growing pause.
   */
  async #lead(connection: RelayConnection, leadership: Leadership, signal: AbortSignal): Promise<void> {
    this.#emit({ kind: 'lock-gained' });
    try {
      await this.#sendWhilePossible(connection, signal);
      if (!signal.aborted) await leadership.giveUp();
    } finally {
      this.#emit({ kind: 'lock-lost' });
    }
    await this.#retrying.wait(signal);
  }

  async #sendWhilePossible(connection: RelayConnection, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Forgotten before the look, so that a wake-up while the batch is on its way leads to another.
      this.#wakeUp.forget();
      const batch = await this.#source.select(connection, this.#options.broker.name, this.#batchSize);
      this.#reconnecting.reset();
      const { confirmed, failed } = await this.#send(connection, batch);
      // Only by this: a batch of which some were parked and the rest failed is no sign that things go better.
      if (confirmed > 0) this.#retrying.reset();
      if (failed > 0) {
        if (failed === batch.length) return;
        await this.#retrying.wait(signal);
      } else if (countRows(batch) < this.#batchSize) {
        await this.#wakeUp.wait(this.#pollMs, signal);
        if (this.#lingerMs > 0) await sleep(this.#lingerMs, undefined, { signal });
      }
    }
  }

  /** How many messages of the batch are sent, and how many must be sent again. Those are still the first of their keys in the next one. */
  async #send(
    connection: RelayConnection,
    batch: readonly WaitingMessage[],
  ): Promise<{ confirmed: number; failed: number }> {
    if (batch.length === 0) return { confirmed: 0, failed: 0 };
    const sentAt = new Date();
    const outcomes = await this.#options.broker.publisher.publish(batch.map(({ message }) => message));
    const { confirmed, unroutable, errors } = byOutcome(batch, outcomes);
    if (confirmed.length > 0) await this.#source.remove(connection, confirmed, sentAt);
    if (unroutable.length > 0) await this.#source.park(connection, unroutable);

    if (confirmed.length > 0) {
      this.#emit({
        kind: 'published',
        count: confirmed.length,
        lagMs: Math.max(...confirmed.map(({ ageMs }) => ageMs)),
      });
    }
    for (const { waiting, reason } of unroutable) {
      const { ids, message } = waiting;
      const { attributes, address } = message;
      this.#emit({ kind: 'parked', messageId: attributes.id ?? '', rowIds: ids, address, reason });
    }
    const [error] = errors;
    if (error) this.#emit({ kind: 'failed', count: errors.length, error });
    return { confirmed: confirmed.length, failed: errors.length };
  }

  /** Passes wake-ups on to the leader, until it is time to try for the lock again. */
  async #standBy(leadership: Leadership, signal: AbortSignal): Promise<void> {
    const until = performance.now() + this.#pollMs;
    for (let left = this.#pollMs; left > 0 && !signal.aborted; left = until - performance.now()) {
      await this.#wakeUp.wait(left, signal);
      if (!this.#wakeUp.called) continue;
      // One NOTIFY for all commits of these milliseconds: notifying commits queue up behind one lock. A stop only
      // ends the pause, so that the leader hears of the last of them, too.
      await sleep(Math.max(notifyAfterMs, this.#lingerMs), undefined, { signal }).catch(() => {});
      this.#wakeUp.forget();
      await leadership.wakeLeader();
    }
  }

  #emit(event: RelayEvent): void {
    this.#options.onEvent?.(event);
  }
}

function countRows(batch: readonly WaitingMessage[]): number {
  return batch.reduce((sum, { ids }) => sum + ids.length, 0);
}

function byOutcome(batch: readonly WaitingMessage[], outcomes: readonly PublishOutcome[]) {
  const confirmed: WaitingMessage[] = [];
  const unroutable: UnroutableMessage[] = [];
  const errors: Error[] = [];
  for (const [index, waiting] of batch.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status === 'confirmed') confirmed.push(waiting);
    else if (outcome?.status === 'unroutable') unroutable.push({ waiting, reason: outcome.reason });
    else errors.push(outcome?.error ?? new Error('The publisher gave no outcome'));
  }
  return { confirmed, unroutable, errors };
}
