import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { BrokerName } from '../../shared/brokers/envelope.ts';
import { endChild } from '../prove/end-child.ts';
import type { Servers } from '../stage/servers.ts';

/** What the process is told, as JSON in the variable `HOLDER`. */
export interface HolderAssignment {
  readonly broker: BrokerName;
  readonly servers: Servers;
  readonly name: string;
  readonly channels: readonly string[];
}

/** A process that takes one message and never comes to its end. */
export interface Holder {
  readonly isReady: Promise<void>;
  readonly hasOne: Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export function startHolder(assignment: HolderAssignment): Holder {
  const child = fork(join(import.meta.dirname, 'holder.ts'), {
    env: { ...process.env, HOLDER: JSON.stringify(assignment) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ready, has] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  child.on('message', (word) => (word === 'ready' ? ready : has).resolve());
  child.once('exit', () => {
    for (const { reject } of [ready, has])
      reject(new Error('the process that was to hold a message has ended'));
  });
  for (const { promise } of [ready, has]) promise.catch(() => {});
  return {
    isReady: ready.promise,
    hasOne: has.promise,
    kill: () => endChild(child, 'SIGKILL'),
  };
}
