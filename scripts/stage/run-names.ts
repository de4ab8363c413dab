import { randomBytes } from 'node:crypto';

const prefix = 'demo.';

/** Short, since names of queues are printed; long enough that two runs at a time do not meet. */
export function newRun(): string {
  return randomBytes(2).toString('hex');
}

/** What everything is called that is made for one run of a chapter and removed after it. */
export function runName(chapter: string, what: string, run: string): string {
  return `${prefix}${chapter}.${what}.${run}`;
}

export function isOfARun(name: string): boolean {
  return name.startsWith(prefix);
}

/** The name of its database. */
export function databaseName(chapter: string, run: string): string {
  return runName(chapter, 'tables', run).replaceAll(/[.-]/g, '_');
}
