import { setTimeout as sleep } from 'node:timers/promises';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import {
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
  type IHalfOpenAfterBackoffContext,
  isBrokenCircuitError,
} from 'cockatiel';
import { type Ending, endingOf, started } from './ending.ts';

/** `closed`: calls go through. `open`: none does. `half-open`: one does, to see whether it works again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerOptions<Result> {
  /** What it guards, for log, metrics and the fault: `publish to kafka`. */
  readonly name: string;
  /** How many of the latest calls it looks at. It opens when more than three quarters of them failed… */
  readonly lastCalls: number;
  /** …and they are at least so many. The fewer, the sooner it opens; too few, and one mishap looks like an outage. */
  readonly atLeast: number;
  /** How long it stays open before one call may try; doubled each time that fails, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /**
   * After so long without an ending the call that tries counts as failed, and another may try after the pause;
   * whoever made it gets its ending all the same. Default: no limit, for calls that have one of their own.
   */
  readonly trialMs?: number;
  /**
   * Whether the other side is to blame for how a call ended; default: for each that rejected. Any other
   * result is a success, any other rejection (a caller that gave up) counts as nothing.
   */
  readonly isFailure?: (ending: Ending<Result>) => boolean;
}

export interface Breaker<Result> {
  readonly name: string;
  readonly state: BreakerState;
  /** Must not throw. */
  onChange(listener: (state: BreakerState) => void): void;
  /**
   * Makes the call and ends as it does. While open, and while another call tries, it rejects at once
   * with an {@link InfrastructureFault} `breaker-open` and `call` is not made: a consumer then repeats
   * its message without counting, so what waits is not lost.
   */
  execute<Own extends Result>(call: () => Promise<Own>): Promise<Own>;
  /** Resolves when a call may be let through, after `limitMs` at the latest. Rejects when `signal` fires. */
  ready(limitMs: number, signal: AbortSignal): Promise<void>;
  /** Opens it, until the returned function is called: for who knows without a call that there is no use in any. */
  holdOpen(): () => void;
}

/** What shows its state needs of a breaker. */
export type WatchedBreaker = Pick<Breaker<never>, 'name' | 'state' | 'onChange'>;

/**
 * Stops calling what does not work, so that it is not overrun while it recovers, and so that callers need
 * not wait for one time limit after the other. Counts calls, not time: what is seldom called is
 * judged as carefully as what is called often.
 */
export function createBreaker<Result>(options: BreakerOptions<Result>): Breaker<Result> {
  return new CountingBreaker(options);
}

const stateOf = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
} as const;

/** After a call that came a moment too early. */
const recheckMs = 100;

/** What a call says of the other side. */
type Verdict = 'works' | 'fails';

/** Thrown in place of a verdict by a call that says nothing. */
const noVerdict = new Error('no verdict');

class CountingBreaker<Result> implements Breaker<Result> {
  readonly name: string;
  readonly #policy: CircuitBreakerPolicy;
  readonly #isFailure: (ending: Ending<Result>) => boolean;
  readonly #trialMs: number | undefined;
  /** Counts the changes of state. */
  #period = 0;
  /** There while no call is let through; resolved when one may be again. */
  #gate: PromiseWithResolvers<void> | undefined;
  #pauseMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BreakerOptions<Result>) {
    const { name, lastCalls, atLeast, firstPauseMs, longestPauseMs } = options;
    this.name = name;
    this.#isFailure = options.isFailure ?? ((ending) => 'error' in ending);
    this.#trialMs = options.trialMs;
    this.#policy = circuitBreaker(
      handleWhenResult((verdict) => verdict === 'fails'),
      {
        breaker: new CountBreaker({ size: lastCalls, minimumNumberOfCalls: atLeast, threshold: 0.75 }),
        halfOpenAfter: new DelegateBackoff<IHalfOpenAfterBackoffContext>(({ attempt }) => {
          this.#pauseMs = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
          return this.#pauseMs;
        }),
      },
    );
    this.#policy.onStateChange((state) => this.#turnTo(state));
  }

  get state(): BreakerState {
    return stateOf[this.#policy.state];
  }

  onChange(listener: (state: BreakerState) => void): void {
    let told = this.state;
    this.#policy.onStateChange(() => {
      if (told === this.state) return;
      told = this.state;
      listener(told);
    });
  }

  async execute<Own extends Result>(call: () => Promise<Own>): Promise<Own> {
    // cockatiel would have it wait until the call that tries has ended; it may take as long as its time limit.
    if (this.#policy.state === CircuitState.HalfOpen) throw this.#refusal();
    const made = Promise.withResolvers<Own>();
    try {
      await this.#policy.execute(() => {
        made.resolve(started(call));
        return this.#judge(made.promise);
      });
    } catch (error) {
      if (isBrokenCircuitError(error)) {
        // The policy reads the wall clock, which may be behind the timer: nobody shall ask again and again meanwhile.
        if (!this.#gate) this.#shutFor(recheckMs);
        throw this.#refusal();
      }
      if (error !== noVerdict) throw error;
    }
    return made.promise;
  }

  async ready(limitMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#gate) return;
    const over = new AbortController();
    const timeUp = sleep(limitMs, undefined, { signal: AbortSignal.any([signal, over.signal]) });
    try {
      await Promise.race([this.#gate.promise, timeUp]);
    } finally {
      over.abort();
    }
  }

  holdOpen(): () => void {
    const held = this.#policy.isolate();
    return () => held.dispose();
  }

  async #judge(made: Promise<Result>): Promise<Verdict> {
    const period = this.#period;
    const tries = this.state === 'half-open';
    const ending = await endingOf(made, tries ? this.#trialMs : undefined);
    // It tells how things were when it began: the tail of an outage shall not open what has just been closed.
    if (period !== this.#period) throw noVerdict;
    if (!ending || this.#isFailure(ending)) return 'fails';
    if ('result' in ending) return 'works';
    // Given up. A call that tries has to prove something.
    if (tries) return 'fails';
    throw noVerdict;
  }

  #turnTo(state: CircuitState): void {
    this.#period += 1;
    clearTimeout(this.#timer);
    if (state === CircuitState.Closed) this.#letThrough();
    else if (state === CircuitState.Open) this.#shutFor(this.#pauseMs);
    else this.#gate ??= Promise.withResolvers();
  }

  #shutFor(pauseMs: number): void {
    this.#gate ??= Promise.withResolvers();
    this.#timer = setTimeout(() => this.#letThrough(), pauseMs);
    // It keeps no process alive: who waits has a time limit of his own.
    this.#timer.unref();
  }

  #letThrough(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  #refusal(): InfrastructureFault {
    return new InfrastructureFault('breaker-open', `${this.name}: the breaker is open`);
  }
}
