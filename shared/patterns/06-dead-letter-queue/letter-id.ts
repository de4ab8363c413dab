import { createHash } from 'node:crypto';

/** As much as the 48 bits of an id hold: beyond the year 10,000. */
const latest = 2 ** 48 - 1;

/**
 * The id of a dead letter that nothing but its place tells from others: whoever makes it again gets the same, so that
 * a letter that comes twice is one. `time`, in milliseconds since 1970, must be the same then as well.
 *
 * Version 8 (RFC 9562), laid out like version 7: letters are listed by their ids, and so all of them by time.
 */
export function letterIdOf(place: string, time: number): string {
  const millis = Math.trunc(Math.min(Math.max(0, time), latest));
  const stamp = millis.toString(16).padStart(12, '0');
  const digest = createHash('sha256').update(place).digest('hex');
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-8${digest.slice(0, 3)}-8${digest.slice(3, 6)}-${digest.slice(6, 18)}`;
}
