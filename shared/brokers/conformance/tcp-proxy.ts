import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Changes what the broker says to the client, without changing its length. */
export type Rewrite = (chunk: Buffer, proxyPort: number) => Buffer;

/** Stands between a client and a broker on the loopback interface, so that a test can take the broker away. */
export class TcpProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #rewrite: Rewrite;
  readonly #pairs = new Map<Socket, Socket>();
  #server: Server | undefined;
  #port = 0;
  #frozen = false;
  #cuts = 0;

  private constructor(target: { host: string; port: number }, rewrite: Rewrite) {
    this.#target = target;
    this.#rewrite = rewrite;
  }

  static async open(host: string, port: number, rewrite: Rewrite = (chunk) => chunk): Promise<TcpProxy> {
    const proxy = new TcpProxy({ host, port }, rewrite);
    await proxy.up();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** How many connections were cut while they stood. */
  get cuts(): number {
    return this.#cuts;
  }

  /** How many connections stand. */
  get standing(): number {
    return this.#pairs.size;
  }

  /** Accepts connections, always on the same port. */
  async up(): Promise<void> {
    this.#server = createServer((client) => this.#pair(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address && typeof address === 'object') this.#port = address.port;
  }

  /** Refuses new connections and cuts those that stand: the broker is away. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  /** Cuts the connections that stand; new ones are welcome. */
  cut(): void {
    for (const [client, broker] of this.#pairs) {
      client.resetAndDestroy();
      broker.resetAndDestroy();
      this.#cuts++;
    }
    this.#pairs.clear();
  }

  /** Connections stay open but nothing passes any more, as when a cable is pulled. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const [client, broker] of this.#pairs) {
      for (const socket of [client, broker]) {
        if (frozen) socket.pause();
        else socket.resume();
      }
    }
  }

  /** Says `bytes` to every client as if the broker had. */
  inject(bytes: Buffer): void {
    for (const client of this.#pairs.keys()) client.write(bytes);
  }

  #pair(client: Socket): void {
    const broker = connect(this.#target);
    this.#pairs.set(client, broker);
    client.on('data', (chunk) => broker.write(chunk));
    broker.on('data', (chunk) => client.write(this.#rewrite(chunk, this.#port)));
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      if (this.#frozen) one.pause();
      one.on('error', () => {});
      one.on('close', () => {
        other.destroy();
        this.#pairs.delete(client);
      });
    }
  }
}
