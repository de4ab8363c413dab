import type { Admin } from 'kafkajs';
import { asError } from '../as-error.ts';
import type { Availability } from '../availability.ts';
import { growingPause, pause } from '../pause.ts';
import { atMost, within } from '../time-limit.ts';
import { type KafkaAccess, KafkaClient } from './client.ts';
import { declareTopology } from './declare.ts';
import type { KafkaTopology } from './topology.ts';

const declareMs = 30_000;
const answerMs = 2_000;
const probeEveryMs = 2_000;
/** A Kafka that died closes its connections at once. One that is merely slow must not count as away. */
const silentMs = 8_000;

/**
 * The connection that declares the topology and knows whether Kafka is there. Producer and consumers
 * have their own; Kafka tells nobody that it goes away, so this one asks every 2 s.
 */
export class KafkaConnection {
  readonly #access: KafkaAccess;
  readonly #topology: KafkaTopology;
  readonly #availability: Availability;
  readonly #closing = new AbortController();
  #admin: Admin | undefined;
  #watching: Promise<void> | undefined;

  constructor(access: KafkaAccess, topology: KafkaTopology, availability: Availability) {
    this.#access = access;
    this.#topology = topology;
    this.#availability = availability;
  }

  start(): void {
    this.#watching ??= this.#watch(this.#closing.signal);
  }

  /** Resolves once connected with the topology declared. */
  connected(signal?: AbortSignal): Promise<void> {
    return this.#availability.wait(signal);
  }

  /** Rejects when there is no connection. */
  admin(): Admin {
    if (!this.#admin) throw new Error('Kafka is not connected');
    return this.#admin;
  }

  async check(): Promise<void> {
    await within(answerMs, 'Kafka', this.admin().describeCluster()).catch((cause: unknown) => {
      throw new Error('Kafka does not answer', { cause });
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#watching) await atMost(answerMs, this.#watching);
  }

  async #watch(closing: AbortSignal): Promise<void> {
    for (let failures = 0; !closing.aborted; failures++) {
      const client = new KafkaClient(this.#access);
      const admin = client.kafka.admin();
      try {
        await within(declareMs, 'declaring the topology', this.#declare(admin));
        this.#admin = admin;
        this.#availability.up('kafka');
        failures = 0;
        await this.#probe(closing);
      } catch (error) {
        this.#availability.down('kafka', asError(error));
      } finally {
        this.#admin = undefined;
        // It has nothing to say goodbye for, and would wait for answers that do not come.
        await client.end(async () => {});
      }
      await growingPause(failures, closing);
    }
  }

  async #declare(admin: Admin): Promise<void> {
    await admin.connect();
    await declareTopology(admin, this.#topology);
  }

  async #probe(closing: AbortSignal): Promise<void> {
    while (!closing.aborted) {
      await pause(probeEveryMs, closing);
      await within(silentMs, 'Kafka', this.admin().describeCluster());
    }
  }
}
