import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Topologies } from '../../shared/patterns/demo.ts';
import type { Process } from '../../shared/patterns/proof.ts';
import { endChild } from './end-child.ts';
import type { Assignment, Word } from './protocol.ts';

const momentMs = 30_000;

export interface StartOptions {
  readonly assignment: Assignment;
  readonly dieAt: string | undefined;
  readonly onConsumer: (name: string) => void;
  readonly onTopologies: (topologies: Topologies) => void;
}

/** A started process; `atWork` resolves once it is, or has died as it should. */
export interface Started extends Process {
  readonly atWork: Promise<void>;
  /** Why it ended, though nobody had told it to. */
  readonly crash: Error | undefined;
}

export function startProcess({ assignment, dieAt, onConsumer, onTopologies }: StartOptions): Started {
  const child = fork(join(import.meta.dirname, 'worker.ts'), {
    env: { ...process.env, PROOF: JSON.stringify(assignment) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (text) => (said = `${said}${text}`.slice(-4_000)));
  const atWork = Promise.withResolvers<void>();
  const died = Promise.withResolvers<void>();
  let isEnding = false;
  let crash: Error | undefined;
  const timer = setTimeout(() => {
    if (dieAt) died.reject(new Error(`the moment "${dieAt}" has not come within ${momentMs / 1_000} s`));
    atWork.reject(new Error(`a process is not at work after ${momentMs / 1_000} s: ${said.trim()}`));
  }, momentMs);

  child.on('message', (word: Word) => {
    if (word.kind === 'at-work') atWork.resolve();
    else if (word.kind === 'consumes') onConsumer(word.name);
    else if (word.kind === 'declares') onTopologies(word.topologies);
    // Unanswered, it stands still at this moment until it is dead.
    else if (word.name === dieAt) {
      isEnding = true;
      child.kill('SIGKILL');
    } else child.send({});
  });
  child.once('exit', (code, signal) => {
    clearTimeout(timer);
    const why = new Error(`a process ended by itself (${code ?? signal}): ${said.trim()}`);
    if (isEnding) {
      died.resolve();
      atWork.resolve();
    } else {
      crash = why;
      died.reject(why);
      atWork.reject(why);
    }
  });
  for (const promise of [died.promise, atWork.promise]) promise.catch(() => {});
  const stop = () => {
    isEnding = true;
    return endChild(child, 'SIGTERM');
  };
  return {
    atWork: atWork.promise,
    died: died.promise,
    get crash() {
      return crash;
    },
    stop,
  };
}
