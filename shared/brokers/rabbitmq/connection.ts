import type { Channel, ChannelModel, ConfirmChannel, RecoveringChannelModel } from 'amqplib';
import { connect } from 'amqplib';
import { asError } from '../as-error.ts';
import { growingPause } from '../pause.ts';
import { atMost } from '../time-limit.ts';
import { declareTopology } from './declare.ts';
import type { RabbitTopology } from './topology.ts';

const heartbeatSeconds = 10;
const handshakeMs = 5_000;
const closeMs = 2_000;

export interface RabbitConnectionOptions {
  readonly url: string;
  /** Shown on the management page. */
  readonly name: string;
  /** Declared on each new connection, before anything else can use it. */
  readonly topology: RabbitTopology;
  readonly onUp?: () => void;
  readonly onDown: (error: Error) => void;
  /** With the broker's reason when it stops reading from us, with nothing once it reads again. */
  readonly onBlocked?: (reason: string | undefined) => void;
}

export interface ChannelEnd {
  /** Fires when the channel is gone, and everything it had not confirmed with it. */
  readonly signal: AbortSignal;
  /** Ends it from our side, because of `error`. */
  readonly fail: (error: Error) => void;
}

interface KeptChannel<C extends Channel> {
  /** `createChannel` waits for the connection; so must this. */
  readonly open: () => Promise<C>;
  /** Puts the channel to use. */
  readonly use: (channel: C, end: ChannelEnd) => Promise<void>;
  /** The channel failed though the connection stands, for example because its queue was deleted. */
  readonly onFailure: (error: Error) => void;
  readonly signal: AbortSignal;
}

/** One AMQP connection, made anew by amqplib's own recovery for as long as it is not closed. */
export class RabbitConnection {
  readonly #options: RabbitConnectionOptions;
  readonly #opened = Promise.withResolvers<RecoveringChannelModel>();
  readonly #closing = new AbortController();
  readonly #gone = new WeakSet<ChannelModel>();

  constructor(options: RabbitConnectionOptions) {
    this.#options = options;
    this.#opened.promise.catch(() => {}); // Nobody need be waiting when it is closed unused.
  }

  /** Begins to connect; returns at once. */
  start(): void {
    const { url, name } = this.#options;
    const recovery = {
      waitForConnect: false,
      initialDelay: 100,
      maxDelay: 2_000,
      maxRetries: Infinity,
      setup: (model: ChannelModel) => this.#setUp(model),
    };
    const socket = { noDelay: true, timeout: handshakeMs, clientProperties: { connection_name: name } };
    // amqplib puts off its first attempt until listeners could be attached.
    void connect(withHeartbeat(url), { ...socket, recovery }).then((model) => {
      this.#listen(model);
      this.#opened.resolve(model);
    });
  }

  /** Waits for the connection. Rejects once this is closed. */
  async createChannel(): Promise<Channel> {
    return (await this.#opened.promise).createChannel();
  }

  /** Waits for the connection. Rejects once this is closed. */
  async createConfirmChannel(): Promise<ConfirmChannel> {
    return (await this.#opened.promise).createConfirmChannel();
  }

  /** Keeps a channel in use until `signal` fires: whenever it is gone, a new one is opened. */
  async keepChannel<C extends Channel>({ open, use, onFailure, signal }: KeptChannel<C>): Promise<void> {
    const over = AbortSignal.any([signal, this.#closing.signal]);
    let failures = 0;
    while (!over.aborted) {
      try {
        const channel = await open();
        const end = watch(channel);
        if (over.aborted) return await channel.close();
        await use(channel, end);
        failures = 0;
        await fired(end.signal);
        // A lost connection takes its channels along without an error of theirs; `open` waits for the next one.
        const error = end.error();
        if (error) throw error;
      } catch (error) {
        if (over.aborted) return;
        onFailure(asError(error));
        await growingPause(failures++, over);
        await this.#declareAgain();
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#opened.reject(new Error('the connection was closed before it was opened'));
    const model = await this.#opened.promise.catch(() => undefined);
    // A dead peer never answers the closing handshake.
    if (model) await atMost(closeMs, model.close());
  }

  async #setUp(model: ChannelModel): Promise<void> {
    // amqplib listens only once this function is through.
    model.on('error', () => {});
    model.once('close', () => this.#gone.add(model));
    try {
      await declareTopology(model, this.#options.topology);
    } catch (error) {
      // amqplib closes it as well, but without a time limit.
      await atMost(closeMs, model.close());
      throw error;
    }
  }

  #listen(recovering: RecoveringChannelModel): void {
    const { onUp, onDown, onBlocked } = this.#options;
    recovering.on('connect', (model) => {
      // It may have closed in the very moment between our set-up and amqplib's listening: say it again.
      if (this.#gone.has(model)) model.emit('close', new Error('closed while it was being set up'));
      else onUp?.();
    });
    recovering.on('connect-failed', (error) => onDown(error));
    recovering.on('disconnect', (error) => {
      onBlocked?.(undefined);
      onDown(error);
    });
    recovering.on('error', () => {}); // `disconnect` follows and carries it.
    recovering.on('blocked', (reason) => onBlocked?.(reason));
    recovering.on('unblocked', () => onBlocked?.(undefined));
  }

  /** What a channel failed on may be a queue that was deleted. If this fails too, the next channel will tell. */
  async #declareAgain(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await declareTopology(this, this.#options.topology).catch(() => {});
  }
}

function watch(channel: Channel): ChannelEnd & { error(): Error | undefined } {
  const closed = new AbortController();
  let error: Error | undefined;
  channel.on('error', (reason) => {
    error = reason;
  });
  channel.once('close', () => closed.abort());
  const fail = (reason: Error) => {
    error = reason;
    void channel.close().catch(() => {});
  };
  return { signal: closed.signal, fail, error: () => error };
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(heartbeatSeconds));
  return parsed.href;
}
