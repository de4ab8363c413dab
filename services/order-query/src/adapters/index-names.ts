/** What readers ask: the alias of the live generation. */
export const searched = 'orders';

/** `orders-` and the moment at which it was made: nobody else's index is taken for one, and deleted. */
export const nameOfOurs = /^orders-\d{17}$/;

/** What is written to: the alias of one generation, which it has while it is being fed. Without it every write is refused. */
export function feedOf(generation: string): string {
  return `${generation}-feed`;
}

/** When a generation was made, by its name. RFC 3339. */
export function madeAt(generation: string): string {
  const digits = generation.replace('orders-', '');
  return digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/, '$1-$2-$3T$4:$5:$6.$7Z');
}
