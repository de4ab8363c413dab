import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, type LinkName, type Links, linkNames, type Ports } from '@conveyor/local/stack';
import { startToxiproxy, type Toxic } from '@conveyor/local/toxiproxy';

/** What can befall a link. */
export type Trouble = 'cut' | 'slow' | 'resets';

/** As Toxiproxy calls it. */
export const toxicsOf: Readonly<Record<Trouble, readonly Toxic[]>> = {
  // As when a cable is pulled: nothing arrives, and no end is told of it.
  cut: [
    { type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } },
    { type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } },
  ],
  slow: [{ type: 'latency', stream: 'downstream', attributes: { latency: 2_000 } }],
  // What was asked for has been done; the answer ends the connection.
  resets: [{ type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } }],
};

/** Links that can be broken, between the services and what they need. */
export interface BreakableLinks extends Links {
  disturb(link: LinkName, trouble: Trouble): Promise<void>;
  /** Undoes all that was done to any of them. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

const logs = fileURLToPath(new URL('../../.local/chaos/', import.meta.url));

/** To what will listen at `ports`. */
export async function openLinks(ports: Ports): Promise<BreakableLinks> {
  const free = await freePorts(Object.values(ports));
  const kafkaListener = free.kafkaController;
  const listening = Object.fromEntries(linkNames.map((name) => [name, free[name]])) as Links['ports'];
  const toxiproxy = await startToxiproxy({
    port: free.gateway,
    proxies: linkNames.map((name) => ({
      name,
      listen: listening[name],
      upstream: name === 'kafka' ? kafkaListener : ports[name],
    })),
    log: join(logs, `toxiproxy-${process.pid}.log`),
    say: console.error,
  });
  return {
    ports: listening,
    kafkaListener,
    disturb: (link, trouble) => toxiproxy.poison(link, toxicsOf[trouble]),
    mend: () => toxiproxy.reset(),
    close: () => toxiproxy.stop(),
  };
}
