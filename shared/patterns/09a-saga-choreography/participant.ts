/** What one participant holds for one order. `withdrawn` is a tombstone: given up before anything was reserved. */
export type Hold = 'none' | 'reserved' | 'released' | 'withdrawn';

/**
 * What a participant makes of an event, in whichever order they come and however often: a release that overtakes its
 * reservation wins. The rule of every participant in a choreography, in its smallest form.
 */
export function holdAfter(hold: Hold, heard: 'order.created' | 'order.cancelled'): Hold {
  if (heard === 'order.created') return hold === 'none' ? 'reserved' : hold;
  if (hold === 'none') return 'withdrawn';
  return hold === 'reserved' ? 'released' : hold;
}
