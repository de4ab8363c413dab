import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, BrokerName, ConsumeOptions, Consumer } from '../../shared/brokers/index.ts';
import { newMessageId, type OutgoingMessage } from '../../shared/brokers/index.ts';
import type { Draft, Fate, Stage, StageDatabase, Topologies } from '../../shared/patterns/demo.ts';
import { type Ground, nothingNew } from './ground.ts';
import { kafkaGround } from './kafka-ground.ts';
import { rabbitGround } from './rabbit-ground.ts';
import { databaseName, newRun, runName } from './run-names.ts';
import { createScratchDatabase } from './scratch-database.ts';
import type { Servers } from './servers.ts';

const connectMs = 10_000;
const longestWaitMs = 20_000;
const lookEveryMs = 5;
const graceMs = 1_000;

export interface StageOptions {
  readonly chapter: string;
  readonly broker: BrokerName;
  readonly servers: Servers;
  readonly narrator: Pick<Stage, 'say' | 'show' | 'list'>;
  /** Breaks the run off. */
  readonly signal: AbortSignal;
}

/** A stage on real servers. Whatever was made for the run is gone after {@link clear}, however it ended. */
export class RealStage implements Stage {
  readonly #options: StageOptions;
  readonly #ground: Ground;
  /** Part of every name. */
  readonly run = newRun();
  readonly #undo: (() => Promise<void>)[] = [];
  readonly #consumers: string[] = [];
  readonly #known: Topologies[] = [];
  #broker: Broker | undefined;

  constructor(options: StageOptions) {
    const { broker, servers } = options;
    this.#options = options;
    this.#ground = broker === 'rabbitmq' ? rabbitGround(servers.rabbitmq) : kafkaGround(servers.kafka);
  }

  get broker(): BrokerName {
    return this.#options.broker;
  }

  name(what: string): string {
    return runName(this.#options.chapter, what, this.run);
  }

  async open(topologies: Topologies = nothingNew): Promise<Broker> {
    let why = 'no answer';
    const broker = this.#ground.broker(topologies, this.name('run'), (event) => {
      if (event.kind === 'disconnected') why = event.error?.message ?? why;
    });
    this.#undo.push(() => this.#ground.clear(together([topologies, ...this.#known]), this.#consumers));
    this.#undo.push(() => broker.close());
    this.#broker = broker;
    broker.start();
    try {
      await broker.connected(AbortSignal.any([this.#options.signal, AbortSignal.timeout(connectMs)]));
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw new Error(`${this.broker} cannot be reached: ${why}`, { cause: error });
    }
    return broker;
  }

  async database(schemas: readonly (URL | string)[]): Promise<StageDatabase> {
    const name = databaseName(this.#options.chapter, this.run);
    const created = createScratchDatabase(this.#options.servers.postgres, name, schemas);
    this.#undo.push(async () => (await created.catch(() => undefined))?.drop());
    return created;
  }

  async send(drafts: readonly Draft[]): Promise<void> {
    const outcomes = await this.#opened().publisher.publish(drafts.map(messageOf));
    const failed = outcomes.find(({ status }) => status !== 'confirmed');
    if (failed) throw new Error(`A message was not stored: ${JSON.stringify(failed)}`);
  }

  sendExpiring(drafts: readonly Draft[], ttlsMs: readonly number[]): Promise<void> {
    return this.#ground.sendExpiring(drafts.map(messageOf), ttlsMs);
  }

  /** So that what somebody else has declared for this run is removed, too. */
  knowTopologies(topologies: Topologies): void {
    this.#known.push(topologies);
  }

  /** So that what the broker remembers of a consumer which somebody else has started is removed, too. */
  knowConsumer(name: string): void {
    this.#consumers.push(name);
  }

  async consume(options: ConsumeOptions): Promise<Consumer> {
    this.knowConsumer(options.name);
    const consumer = this.#opened().consume(options);
    this.#undo.push(() => consumer.stop(graceMs));
    await this.until('messages are handed out', () => consumer.consuming);
    return consumer;
  }

  after(undo: () => Promise<void>): void {
    this.#undo.push(undo);
  }

  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const { signal } = this.#options;
    const end = performance.now() + longestWaitMs;
    while (!(await isSo())) {
      if (performance.now() > end) throw new Error(`Not seen within ${longestWaitMs / 1_000} s: ${what}`);
      await sleep(lookEveryMs, undefined, { signal });
    }
  }

  say(text: string): void {
    this.#options.narrator.say(text);
  }

  show(fate: Fate, who: string, text: string): void {
    this.#options.narrator.show(fate, who, text);
  }

  list(facts: Readonly<Record<string, string>>): void {
    this.#options.narrator.list(facts);
  }

  /** Removes everything, what was made last first. Tries all of it before it rejects. */
  async clear(): Promise<void> {
    const errors: unknown[] = [];
    for (const undo of this.#undo.splice(0).toReversed()) {
      await undo().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0)
      throw new AggregateError(errors, `Something is left of this run: ${errors.join('; ')}`);
  }

  #opened(): Broker {
    if (!this.#broker) throw new Error('The stage must be opened first');
    return this.#broker;
  }
}

function together(all: readonly Topologies[]): Topologies {
  return {
    rabbitmq: {
      exchanges: all.flatMap(({ rabbitmq }) => rabbitmq.exchanges ?? []),
      queues: all.flatMap(({ rabbitmq }) => rabbitmq.queues ?? []),
    },
    kafka: { topics: all.flatMap(({ kafka }) => kafka.topics) },
  };
}

function messageOf({ to, type, subject, body, attributes, headers, priority }: Draft): OutgoingMessage {
  const time = new Date().toISOString();
  return {
    address: to,
    orderingKey: subject,
    attributes: { id: newMessageId(), type, source: '/demo', subject, time, ...attributes },
    ...(headers && { headers }),
    body: Buffer.from(body),
    ...(priority !== undefined && { priority }),
  };
}
