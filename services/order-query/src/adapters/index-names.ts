/** What readers ask: the alias of the live generation. */
export const searched = 'orders';

const ours = /^orders-(?:v(\d{1,9})-)?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/;

/** `orders-`, the shape of its documents, and the moment at which it was made: nobody else's index is taken for one, and deleted. */
export function nameOf(shape: number, made: Date): string {
  return `orders-v${shape}-${made.toISOString().replaceAll(/\D/g, '')}`;
}

export function isGeneration(index: string): boolean {
  return ours.test(index);
}

/** The shape of a generation's documents; 0 if its name does not say. */
export function shapeOf(generation: string): number {
  return Number(ours.exec(generation)?.[1] ?? 0);
}

/** What is written to: the alias of one generation, which it has while it is being fed. Without it every write is refused. */
export function feedOf(generation: string): string {
  return `${generation}-feed`;
}

/** Generations, by their names. */
export function oldestFirst<Named extends { readonly name: string }>(generations: readonly Named[]): Named[] {
  return generations.toSorted((one, other) => (madeAt(one.name) < madeAt(other.name) ? -1 : 1));
}

/** When a generation was made, by its name. RFC 3339. */
export function madeAt(generation: string): string {
  return generation.replace(ours, '$2-$3-$4T$5:$6:$7.$8Z');
}
