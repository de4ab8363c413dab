import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { type PortName, type Ports, portNames, portTable } from './ports.ts';

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)));
  });
}

/** A whole table of ports that are free now and not `taken`: for tests that run beside each other and beside `npm start`. */
export async function freePorts(taken: readonly number[] = []): Promise<Ports> {
  const found = new Set<number>();
  while (found.size < portNames.length) {
    // Below the range that systems hand out for outgoing connections, or one of those could take it meanwhile.
    const port = randomInt(20_000, 32_000);
    if (!taken.includes(port) && (await isFree(port))) found.add(port);
  }
  const free = [...found];
  return Object.fromEntries(portNames.map((name, i) => [name, free[i]])) as Record<PortName, number>;
}

/** Throws, naming each taken port and the variable that moves it. */
export async function assertFree(ports: Ports, names: readonly PortName[]): Promise<void> {
  const free = await Promise.all(names.map((name) => isFree(ports[name])));
  const taken = names.filter((_, i) => !free[i]);
  if (taken.length === 0) return;
  const lines = taken.map(
    (name) =>
      `  port ${ports[name]} (${name}) is in use: stop what holds it, or set ${portTable[name].variable}`,
  );
  throw new Error(`Nothing was started:\n${lines.join('\n')}`);
}
