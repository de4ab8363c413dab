interface Level<Item> {
  readonly weight: number;
  readonly waiting: Item[];
  /** How often it may still be chosen in this round. */
  turns: number;
}

/**
 * First in, first out among the items of one weight; different weights share. While all have items waiting, of
 * the weights 9, 3 and 1 every 13 items taken are 9, 3 and 1. None waits for ever behind another, and what
 * one has no use for goes to the others.
 *
 * It goes by rounds, in each of which a weight has as many turns as it says. A round is over when nobody who
 * has a turn left has anything waiting. Turns are not saved up: who was idle for long gets no more than his share.
 */
export class WeightedQueue<Item> {
  /** The heaviest first. */
  readonly #levels: Level<Item>[] = [];

  /** `weight` is a whole number, at least 1. */
  push(item: Item, weight: number): void {
    this.#levelOf(weight).waiting.push(item);
  }

  shift(): Item | undefined {
    const level = this.#nextLevel();
    if (!level) return undefined;
    level.turns--;
    return level.waiting.shift();
  }

  /** Of those who have a turn left, the one with the most of its share unused: so the turns of a round are mixed. */
  #nextLevel(): Level<Item> | undefined {
    const waiting = this.#levels.filter((level) => level.waiting.length > 0);
    if (waiting.every(({ turns }) => turns <= 0)) this.#beginRound();
    return waiting.toSorted((a, b) => b.turns / b.weight - a.turns / a.weight)[0];
  }

  #beginRound(): void {
    for (const level of this.#levels) level.turns = level.weight;
  }

  #levelOf(weight: number): Level<Item> {
    const known = this.#levels.find((level) => level.weight === weight);
    if (known) return known;
    const fresh = { weight, waiting: [], turns: weight };
    this.#levels.push(fresh);
    this.#levels.sort((a, b) => b.weight - a.weight);
    return fresh;
  }
}
