import { randomUUID } from 'node:crypto';
import type { Channel, ConsumeMessage } from 'amqplib';
import { asError } from '../as-error.ts';
import { Gate, passed, untilOver } from '../gate.ts';
import { tellHandedBack } from '../handed-back.ts';
import { growingPause } from '../pause.ts';
import { Pool } from '../pool.ts';
import type { ConsumeOptions, Consumer, OnBrokerEvent } from '../port.ts';
import { atMost } from '../time-limit.ts';
import type { ChannelEnd, RabbitConnection } from './connection.ts';
import { toDelivery } from './message.ts';

const answerMs = 2_000;

/** Consumes one queue with manual acknowledgements, on a channel of its own: delivery tags and prefetch belong to it. */
export class RabbitConsumer implements Consumer {
  readonly #options: ConsumeOptions;
  readonly #queue: string;
  readonly #stopping = new AbortController();
  readonly #consumerTag: string;
  /**
   * Prefetch bounds what one channel holds. After a reconnection handlers of the lost channel may
   * still run while the new one delivers; the pool bounds both together.
   */
  readonly #pool: Pool;
  readonly #gate: Gate;
  #channel: Channel | undefined;
  #rejectionsInARow = 0;
  #stopped: Promise<void> | undefined;
  /** Fires when the channel that consumes at present no longer does; undefined before the first. */
  #over: AbortSignal | undefined;

  constructor(connection: RabbitConnection, options: ConsumeOptions, onEvent: OnBrokerEvent) {
    const [queue, ...more] = options.channels;
    if (queue === undefined || more.length > 0) throw new Error('a consumer takes exactly one queue');
    this.#options = tellHandedBack(options, onEvent);
    this.#queue = queue;
    this.#consumerTag = `${options.name}.${randomUUID()}`;
    this.#pool = new Pool(options.concurrency);
    this.#gate = options.gateOf?.(queue) ?? new Gate();
    void connection.keepChannel({
      open: () => connection.createChannel(),
      use: (channel, end) => this.#consume(channel, end),
      onFailure: (error) => onEvent({ kind: 'consumer-failed', consumer: options.name, error }),
      signal: this.#stopping.signal,
    });
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  get consuming(): boolean {
    return this.#over?.aborted === false;
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await atMost(answerMs, this.#cancel());
    await atMost(graceMs, this.#pool.idle());
    // What is not acknowledged by now goes back to the queue.
    await atMost(answerMs, this.#close());
  }

  async #consume(channel: Channel, end: ChannelEnd): Promise<void> {
    this.#channel = channel;
    const over = AbortSignal.any([end.signal, this.#stopping.signal]);
    await channel.prefetch(this.#options.concurrency);
    const receive = (message: ConsumeMessage | null) => {
      if (message) this.#pool.add(message, () => this.#handle(channel, message, over));
      else
        end.fail(
          new Error(
            `the broker cancelled the consumer: is ${this.#queue} deleted, or a message in hand for half an hour?`,
          ),
        );
    };
    const begin = () => channel.consume(this.#queue, receive, { consumerTag: this.#consumerTag });
    const isOpen = !this.#gate.isClosed;
    if (isOpen) await begin();
    this.#over = over;
    void this.#obeyGate(channel, begin, isOpen, over).catch((error) =>
      settle(() => end.fail(asError(error))),
    );
  }

  /** Behind a closed gate the queue has no consumer of ours: what was handed out before is finished, and the rest stays there. */
  async #obeyGate(
    channel: Channel,
    begin: () => Promise<unknown>,
    // Not asked of the gate: it may have been closed while this was begun.
    consumesFirst: boolean,
    over: AbortSignal,
  ): Promise<void> {
    const gate = this.#gate;
    for (let isConsuming = consumesFirst; ; isConsuming = !isConsuming) {
      if (isConsuming) while (!gate.isClosed && !over.aborted) await untilOver(gate.changed, over);
      else await passed(gate, over);
      if (over.aborted) return;
      await (isConsuming ? channel.cancel(this.#consumerTag) : begin());
    }
  }

  async #handle(channel: Channel, message: ConsumeMessage, over: AbortSignal): Promise<void> {
    if (over.aborted) return; // Not begun: the broker has it back when the channel closes.
    try {
      await this.#options.onDelivery(toDelivery(message, this.#queue), over);
    } catch {
      // Handed back at once it would return at once: a message that always fails must not keep a core busy.
      await growingPause(this.#rejectionsInARow++, over);
      // Not `basic.nack`: from RabbitMQ 4.3 on that does not count towards a queue's delivery limit.
      settle(() => channel.reject(message, true));
      return;
    }
    this.#rejectionsInARow = 0;
    settle(() => channel.ack(message));
  }

  // Asynchronous also in how they fail: on a closed channel amqplib throws.
  async #cancel(): Promise<void> {
    await this.#channel?.cancel(this.#consumerTag);
  }

  async #close(): Promise<void> {
    await this.#channel?.close();
  }
}

/**
 * Tells the channel the message came on, and no other: its delivery tag means another message there.
 * A channel that has closed throws; then the broker has the message back and delivers it again.
 */
function settle(tell: () => void): void {
  try {
    tell();
  } catch {}
}
