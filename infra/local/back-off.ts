const first = 100;
const longest = 10_000;
const healthyAfter = 10_000;

/**
 * ms to wait before the next start of a process that lived `lived` ms and had waited `previous` ms
 * before that (0 if not at all): doubling, and back to the first once it lived long enough.
 */
export function nextDelay(previous: number, lived: number): number {
  if (previous === 0 || lived >= healthyAfter) return first;
  return Math.min(previous * 2, longest);
}
