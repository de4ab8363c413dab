import type { Generation, Generations } from '@conveyor/patterns/cqrs/rebuild';
import { orderShape } from '../domain/order-document.ts';

/** A generation, and the shape of its documents: another release may have made it, or make it at this moment. */
export interface ShapedGeneration extends Generation {
  readonly shape: number;
}

export interface ShapedGenerations extends Generations {
  list(): Promise<readonly ShapedGeneration[]>;
}

/** Only who makes documents of this shape may feed it: others would be refused by its mapping, or mix two shapes. */
export function isOurs({ shape }: ShapedGeneration): boolean {
  return shape === orderShape;
}

/** A newer one stays as it is, however old this process is: the two would rebuild each other's for ever. */
export function isOutdated({ shape }: ShapedGeneration): boolean {
  return shape < orderShape;
}
