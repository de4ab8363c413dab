import { isSettled, type PlacedOrder } from './placed-orders.ts';

/**
 * Whose turn it is to be looked up: the orders of which not all is known, so many at once, from the newest to the oldest and then
 * from the newest on again. Each has its turn, however many they are.
 */
export class Turns {
  readonly #atOnce: number;
  /** Who had the last turn; undefined when the newest is next. */
  #last: string | undefined;
  #isUrgent = false;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Whether those that follow are not to wait. */
  get isUrgent(): boolean {
    return this.#isUrgent;
  }

  /** To be called when any of them may have gone on unheard: begins with the newest, and all are to have their turn at once. */
  hurry(): void {
    this.#last = undefined;
    this.#isUrgent = true;
  }

  next(newestFirst: readonly PlacedOrder[]): readonly PlacedOrder[] {
    // What is not there any more was the oldest of all.
    const begin = newestFirst.findIndex(({ orderId }) => orderId === this.#last) + 1;
    const open = newestFirst.slice(begin).filter((order) => !isSettled(order));
    const turn = open.slice(0, this.#atOnce);
    this.#last = open.length > turn.length ? turn.at(-1)?.orderId : undefined;
    this.#isUrgent &&= this.#last !== undefined;
    return turn;
  }
}
