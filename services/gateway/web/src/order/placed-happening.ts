import type { Happening } from './happening.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A happening in its place. */
export interface Placed extends Point {
  readonly happening: Happening;
  readonly n: number;
}

/** What happens to one message at one consumer. */
export function deliveryOf({ messageId, consumer, service }: Happening): string {
  return `${messageId} ${consumer ?? service}`;
}
