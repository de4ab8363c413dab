/** What a run is asked for. */
export interface Size {
  /** How often each side of a comparison is measured. */
  readonly rounds: number;
  /** Orders of each side in each round. */
  readonly orders: number;
  /** Orders one after another in one system, where it matters how it goes on. */
  readonly inARow: number;
  /** Orders under way at a time, where as many as possible are wanted. */
  readonly atOnce: number;
  /** Rows of the outbox that are drained in each round. */
  readonly rows: number;
}

/** What a figure measures with. */
export interface Run extends Size {
  /** Aborted: nothing is begun any more. */
  readonly signal: AbortSignal;
  /** Shows how far it is. */
  say(line: string): void;
}

/** Something that is measured, and what it is held against: as a rule something else that is measured in the same run, by turns. */
export interface Figure {
  readonly name: string;
  /** What is measured, in a few words. */
  readonly what: string;
  readonly against: string;
  measure(run: Run): Promise<Measured>;
}

export interface Measured {
  readonly comparisons: readonly Comparison[];
  /** What is drawn. */
  readonly plots?: readonly Plot[];
}

/** One line of a figure: both sides, round by round, or once for all rounds together. */
export interface Comparison {
  readonly what: string;
  /** Of both sides. */
  readonly unit: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** Of the median of ours over theirs, round by round. Absent: it is reported, nothing more. */
  readonly aim?: Aim;
}

export interface Aim {
  readonly is: 'at least' | 'at most';
  readonly ratio: number;
}

export interface Plot {
  readonly title: string;
  /** What stands along the axes. */
  readonly x: string;
  readonly y: string;
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}
