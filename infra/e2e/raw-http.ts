import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** Sends exactly these bytes, as no client would, and resolves with all that is answered until the connection ends. */
export async function sendRaw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  // Not ended: Node takes a client that has closed its end for one that has gone.
  socket.write(Buffer.from(request, 'latin1'));
  return text(socket);
}

export interface SlowClient {
  /** All that was answered, once the server has ended the connection. */
  readonly answered: Promise<string>;
  stop(): void;
}

/** Begins a request with a body of a megabyte, and sends it byte by byte, a few in a second. */
export function startSlowClient(port: number, head: readonly string[]): SlowClient {
  const socket: Socket = connect(port, '127.0.0.1');
  const drip = setInterval(() => socket.write(' '), 200);
  socket.once('close', () => clearInterval(drip)).on('error', () => {});
  socket.write(`${[...head, 'content-length: 1000000'].join('\r\n')}\r\n\r\n`);
  return { answered: text(socket), stop: () => socket.destroy() };
}
