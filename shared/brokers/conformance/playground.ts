import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { newMessageId } from '../envelope.ts';
import type { Address, Broker, BrokerEvent, Consumer, OnDelivery, OutgoingMessage } from '../port.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** What the suite needs of one broker: places with names of their own, and ways to get there. */
export interface Ground {
  /** Where messages of `key` go; every name in `names` gets all of them. */
  addressOf(key: string): Address;
  /** A place that takes nothing. */
  readonly nowhere: Address;
  /** What a consumer of that name consumes. */
  channelOf(name: string): string;
  readonly replyChannel: string;
  /** Not started. Straight to the server, or by way of `proxy`. */
  broker(onEvent: (event: BrokerEvent) => void, proxy?: TcpProxy): Broker;
  proxy(): Promise<TcpProxy>;
  remove(): Promise<void>;
}

export type MakeGround = (names: readonly string[]) => Promise<Ground>;

/** The ground of one test, with everything on it closed when the test is over. */
export class Playground {
  readonly names: { readonly first: string; readonly second: string };
  readonly events: BrokerEvent[] = [];
  readonly ground: Ground;
  readonly #context: TestContext;
  readonly #endings: (() => unknown)[] = [];
  #published = 0;

  private constructor(context: TestContext, ground: Ground, names: { first: string; second: string }) {
    this.#context = context;
    this.ground = ground;
    this.names = names;
  }

  static async open(context: TestContext, make: MakeGround): Promise<Playground> {
    const names = { first: `first-${randomUUID()}`, second: `second-${randomUUID()}` };
    const ground = await make(Object.values(names));
    const playground = new Playground(context, ground, names);
    playground.last(() => ground.remove());
    return playground;
  }

  /** A started broker; connected as well unless `wait` is false. */
  async broker({ proxy, wait = true }: { proxy?: TcpProxy; wait?: boolean } = {}): Promise<Broker> {
    const broker = this.ground.broker((event) => this.events.push(event), proxy);
    broker.start();
    this.last(() => broker.close());
    if (wait) await broker.connected(AbortSignal.timeout(20_000));
    return broker;
  }

  async proxy(): Promise<TcpProxy> {
    const proxy = await this.ground.proxy();
    this.last(() => proxy.down());
    return proxy;
  }

  consume(broker: Broker, name: string, onDelivery: OnDelivery, concurrency = 10): Consumer {
    const channels = [this.ground.channelOf(name)];
    const consumer = broker.consume({ name, channels, concurrency, onDelivery });
    this.last(() => consumer.stop(0));
    return consumer;
  }

  /** A message; its body says how many were made before it. */
  message(key: string = randomUUID(), more: Partial<OutgoingMessage> = {}): OutgoingMessage {
    return {
      address: this.ground.addressOf(key),
      orderingKey: key,
      attributes: { id: newMessageId(), type: 'test.happened', source: '/test', subject: key },
      body: Buffer.from(JSON.stringify({ number: this.#published++ })),
      ...more,
    };
  }

  /** Tears down in the reverse order of setting up: consumers before their broker, the ground last. */
  last(end: () => unknown): void {
    if (this.#endings.length === 0) {
      this.#context.after(async () => {
        for (const ending of this.#endings.reverse()) await ending();
      });
    }
    this.#endings.push(end);
  }
}

export function allConfirmed(outcomes: readonly { readonly status: string }[]): void {
  assert.deepEqual(
    outcomes.filter(({ status }) => status !== 'confirmed'),
    [],
  );
}

/** A door that stays shut until it is opened, for handlers that must take as long as the test wants. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

/** A server's address from the environment. Without it the test fails: skipped, it would prove nothing. */
export function required(variable: string): string {
  const value = process.env[variable];
  assert.ok(value, `${variable} must say where the server is`);
  return value;
}
