import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

// A stack that is ended by SIGKILL cannot stop its servers. The guardian can: a shell that reads the
// process groups to guard, a whole list per line, from a pipe whose other end only the stack holds.
// The pipe ends with the stack, in whichever way that ends.
const script = `
trap '' HUP INT TERM
groups=
while read -r line; do groups=$line; done
for group in $groups; do kill -TERM "-$group"; done
for round in 1 2 3 4 5 6 7 8 9 10; do
  alive=
  for group in $groups; do kill -0 "-$group" && alive=yes; done
  [ "$alive" ] || exit 0
  sleep 1
done
for group in $groups; do kill -KILL "-$group"; done`;

const groups = new Set<number>();
let guardian: ChildProcess | undefined;

function tell(): void {
  if (guardian === undefined) {
    guardian = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // Neither the guardian nor its pipe keeps the stack's process alive.
    guardian.unref();
    if (guardian.stdin instanceof Socket) guardian.stdin.unref();
    guardian.stdin?.on('error', () => {});
  }
  guardian.stdin?.write(`${[...groups].join(' ')}\n`);
}

/** From now on the process group dies with this process. */
export function guard(group: number): void {
  groups.add(group);
  tell();
}

export function unguard(group: number): void {
  if (groups.delete(group)) tell();
}

/** The process groups that would die with this process now. */
export const guarded = (): readonly number[] => [...groups];
