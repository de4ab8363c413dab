import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Command } from './child.ts';
import type { ServiceName } from './services.ts';

// A running stack listens on a socket in its folder: that is how `npm run status` and `npm run dev`
// talk to it, and how a second `npm start` finds out about the first. One line of JSON each way.

export interface ProcessStatus {
  readonly name: string;
  readonly pid: number | null;
  readonly port: number;
  readonly up: boolean;
  readonly restarts: number;
  /** Resident memory of it and its descendants, in bytes. */
  readonly memory: number;
}

export interface StackStatus {
  readonly pid: number;
  /** Whether the whole has started. */
  readonly ready: boolean;
  readonly url: string;
  readonly processes: readonly ProcessStatus[];
}

type Request = { readonly status: true } | { readonly borrow: ServiceName };

export interface Control {
  status(): Promise<StackStatus>;
  /** Stops the stack's own instance, and answers how it was run. */
  borrow(name: ServiceName): Promise<Command>;
  giveBack(name: ServiceName): Promise<void>;
}

/** `path` is best relative: a socket's name has 104 characters at most. Rejects when a stack listens there. */
export async function serveControl(path: string, control: Control): Promise<Server> {
  if ((await statusOf(path)) !== undefined) throw new Error(`A stack is running on ${path}`);
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    receive<Request>(socket)
      .then((request) => answer(socket, request, control))
      // Whoever only looks must not end what he looks at.
      .catch(() => socket.destroy());
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

async function answer(socket: Socket, request: Request | undefined, control: Control): Promise<void> {
  if (request === undefined) return;
  if ('status' in request) {
    socket.end(line(await control.status()));
    return;
  }
  // The connection is the lease: however the borrower ends, the service comes back.
  socket.once('close', () => void control.giveBack(request.borrow));
  socket.write(line(await control.borrow(request.borrow)));
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;

async function receive<T>(socket: Socket): Promise<T | undefined> {
  try {
    for await (const text of createInterface({ input: socket })) return JSON.parse(text);
    return undefined;
  } finally {
    // The reader has paused it; paused, it would never learn that the other end has closed.
    socket.resume();
  }
}

async function send(path: string, request: Request): Promise<Socket | undefined> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  socket.on('error', () => {});
  socket.write(line(request));
  return socket;
}

/** undefined when no stack listens there. */
export async function statusOf(path: string): Promise<StackStatus | undefined> {
  const socket = await send(path, { status: true });
  return socket && receive(socket);
}

export interface Borrowed {
  readonly command: Command;
  /** Gives it back. */
  release(): void;
  /** Resolves when the stack has gone, or after `release`. */
  readonly ended: Promise<unknown>;
}

/** undefined when no stack listens there. */
export async function borrowService(path: string, name: ServiceName): Promise<Borrowed | undefined> {
  const socket = await send(path, { borrow: name });
  if (socket === undefined) return undefined;
  const ended = once(socket, 'close');
  const command = await receive<Command>(socket);
  return command && { command, release: () => socket.destroy(), ended };
}
