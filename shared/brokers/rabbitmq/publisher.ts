import type { ConfirmChannel, Message } from 'amqplib';
import { asError } from '../as-error.ts';
import { lanesOf } from '../lane.ts';
import type { OnBrokerEvent, OutgoingMessage, Publisher, PublishOutcome } from '../port.ts';
import { atMost } from '../time-limit.ts';
import type { ChannelEnd, RabbitConnection } from './connection.ts';
import { idOf, toProperties } from './message.ts';

/** A queue without its quorum never confirms; after so long the message counts as failed. */
const confirmMs = 30_000;
const closeMs = 10_000;

/** A confirm channel, with what the broker has said on it about messages that are not confirmed yet. */
interface Line {
  readonly channel: ConfirmChannel;
  readonly returned: Map<string, string>;
  error?: Error;
}

/**
 * Publishes with confirms, many messages under way at once, but of each lane only one: the next is
 * sent when the one before is confirmed. RabbitMQ may refuse a message and take the one behind it
 * (a full queue with `reject-publish` that is being emptied), which would change their order.
 */
export class RabbitPublisher implements Publisher {
  readonly #onEvent: OnBrokerEvent;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #line: Line | undefined;
  /** While set, the broker reads nothing more from us (`connection.blocked`: it is short of memory or disk). */
  #blocked: PromiseWithResolvers<void> | undefined;
  /** While set, our own write buffer is full. */
  #full: PromiseWithResolvers<void> | undefined;

  constructor(onEvent: OnBrokerEvent) {
    this.#onEvent = onEvent;
  }

  /** Keeps a confirm channel open on `connection`. Confirms count per channel, so each connection needs a new one. */
  start(connection: RabbitConnection, onUp: () => void, onDown: (error: Error) => void): void {
    void connection.keepChannel({
      open: () => connection.createConfirmChannel(),
      use: async (channel, end) => {
        this.#use(channel, end);
        onUp();
      },
      onFailure: onDown,
      signal: this.#closing.signal,
    });
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<readonly PublishOutcome[]> {
    const outcomes: PublishOutcome[] = [];
    const work = Promise.all(lanesOf(messages).map((lane) => this.#sendLane(messages, lane, outcomes)));
    this.#underWay.add(work);
    await work;
    this.#underWay.delete(work);
    return outcomes;
  }

  /** Takes no more, and waits (not for ever) for the publishes under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.setBlocked(undefined);
    await atMost(closeMs, Promise.all(this.#underWay));
  }

  setBlocked(reason: string | undefined): void {
    if (reason !== undefined && !this.#blocked) {
      this.#blocked = Promise.withResolvers<void>();
      this.#onEvent({ kind: 'blocked', reason });
    } else if (reason === undefined && this.#blocked) {
      this.#blocked.resolve();
      this.#blocked = undefined;
      this.#onEvent({ kind: 'unblocked' });
    }
  }

  #use(channel: ConfirmChannel, end: ChannelEnd): void {
    const line: Line = { channel, returned: new Map() };
    channel.on('return', (message: Message) => line.returned.set(nameOf(message), replyText(message)));
    channel.on('drain', () => this.#setFull(false));
    channel.on('error', (error) => {
      line.error = error;
    });
    end.signal.addEventListener('abort', () => {
      if (this.#line === line) this.#line = undefined;
      this.#setFull(false);
    });
    this.#line = line;
  }

  #setFull(full: boolean): void {
    if (full) {
      this.#full ??= Promise.withResolvers<void>();
    } else {
      this.#full?.resolve();
      this.#full = undefined;
    }
  }

  async #sendLane(messages: readonly OutgoingMessage[], lane: readonly number[], outcomes: PublishOutcome[]) {
    let stuck: number | undefined;
    for (const position of lane) {
      const message = messages[position] as OutgoingMessage;
      outcomes[position] = stuck === undefined ? await this.#send(message) : behind(messages[stuck]);
      if (outcomes[position].status !== 'confirmed') stuck ??= position;
    }
  }

  async #send(message: OutgoingMessage): Promise<PublishOutcome> {
    for (let wait = this.#obstacle(); wait; wait = this.#obstacle()) {
      // Whoever sent it will soon have given up; waiting, such messages would pile up and all go out afterwards.
      if (message.transient) return refused(new Error('RabbitMQ takes nothing at present'));
      await wait;
    }
    const line = this.#line;
    if (!line || this.#closing.signal.aborted) return failed(new Error('RabbitMQ is not connected'));
    const answered = Promise.withResolvers<PublishOutcome>();
    const timer = setInterval(() => {
      if (!this.#blocked) answered.resolve(failed(new Error(`not confirmed within ${confirmMs} ms`)));
    }, confirmMs);
    try {
      const { channel, key } = message.address;
      const more = line.channel.publish(
        channel,
        key,
        message.body,
        toProperties(message),
        (error: Error | null) => {
          answered.resolve(outcomeOf(message, line, error));
        },
      );
      if (!more) this.#setFull(true);
      return await answered.promise;
    } catch (error) {
      return failed(asError(error));
    } finally {
      clearInterval(timer);
    }
  }

  #obstacle(): Promise<void> | undefined {
    if (this.#closing.signal.aborted) return undefined;
    return (this.#blocked ?? this.#full)?.promise;
  }
}

/** The broker sends `basic.return` before the confirm of the same message, on the same channel (RabbitMQ, "Publishers"). */
function outcomeOf(message: OutgoingMessage, line: Line, error: Error | null): PublishOutcome {
  const name = JSON.stringify([message.attributes.id, message.address.channel, message.address.key]);
  const reason = line.returned.get(name) ?? takenByNobody(message, line.error);
  line.returned.delete(name);
  if (reason !== undefined) return { status: 'unroutable', reason };
  if (!error) return { status: 'confirmed' };
  return isNack(error) ? refused(error) : failed(line.error ?? error);
}

/** What amqplib says of a `basic.nack`; of messages that will not be answered any more it says `channel closed`. */
function isNack(error: Error): boolean {
  return error.message === 'message nacked';
}

/**
 * An exchange that does not exist closes the channel, and so does a message that is too large. Only the messages of that exchange,
 * or of that size, are to blame.
 */
function takenByNobody({ address, body }: OutgoingMessage, error: Error | undefined): string | undefined {
  const faults = [`no exchange '${address.channel}'`, `message size ${body.length} `];
  return faults.some((fault) => error?.message.includes(fault)) ? error?.message : undefined;
}

function nameOf({ properties, fields }: Message): string {
  return JSON.stringify([idOf(properties), fields.exchange, fields.routingKey]);
}

function replyText({ fields }: Message): string {
  return 'replyText' in fields ? String(fields.replyText) : 'returned';
}

function failed(error: Error): PublishOutcome {
  return { status: 'failed', error };
}

function refused(error: Error): PublishOutcome {
  return { status: 'failed', error, refused: true };
}

function behind(stuck: OutgoingMessage | undefined): PublishOutcome {
  return failed(
    new Error(`not sent: ${stuck?.attributes.id}, of the same key and before it, was not confirmed`),
  );
}
