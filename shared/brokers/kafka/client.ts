import { connect, type Socket } from 'node:net';
import { type ISocketFactoryArgs, Kafka, logLevel } from 'kafkajs';
import { atMost } from '../time-limit.ts';

const farewellMs = 5_000;
const keepAliveMs = 60_000;

/** Where the brokers are, and the name that this process gives itself in their logs. */
export interface KafkaAccess {
  readonly brokers: readonly string[];
  readonly clientId: string;
}

/**
 * A client for one use only: kafkajs keeps the offsets of a group per client, so two consumers of
 * one group would write over each other's.
 *
 * Its retries are few and short. What lasts longer than a hiccup is handled by us, by building
 * producer or consumer anew; so an outage ends a publish in seconds and shows as an event.
 */
export class KafkaClient {
  readonly kafka: Kafka;
  readonly #sockets = new Set<Socket>();
  #ended = false;

  constructor({ brokers, clientId }: KafkaAccess) {
    this.kafka = new Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: 2_000,
      // Longer than the session of a group's member (6 s): while its leader is dead, a group is synchronised only
      // when that session has expired. Given up before, it would leave another dead member. (Joining has a limit of its own.)
      requestTimeout: 7_000,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 3 },
      logLevel: logLevel.NOTHING,
      socketFactory: (target) => this.#connect(target),
    });
  }

  /**
   * Ends the client for good. Whatever kafkajs is still trying (a send that was given up, a group
   * that it is about to join) cannot reach the broker any more, when something newer has taken over.
   */
  async end(disconnect: () => Promise<void>): Promise<void> {
    await atMost(farewellMs, disconnect());
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy(new Error('this client has been replaced'));
  }

  #connect({ host, port, onConnect }: ISocketFactoryArgs): Socket {
    if (this.#ended) throw new Error('this client has been replaced');
    const socket = connect({ host, port }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
