import { randomUUID } from 'node:crypto';

/** A name that no other test uses, for example of a queue, a topic or a consumer. */
export function uniqueName(what: string): string {
  return `test.${what}.${randomUUID()}`;
}
