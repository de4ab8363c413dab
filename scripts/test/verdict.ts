/** The end of a run, as the runner counts it. */
export interface Summary {
  readonly success: boolean;
  readonly counts: Counts;
  readonly duration_ms: number;
}

/** Suites are no tests; each test is one of the others. */
interface Counts {
  readonly tests: number;
  readonly suites: number;
  readonly passed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
}

/** The end of several runs one after the other; none when one of them had none. */
export function sumOf(summaries: readonly (Summary | undefined)[]): Summary | undefined {
  return summaries.reduce((sum, next) => {
    if (sum === undefined || next === undefined) return undefined;
    const add = (name: keyof Counts) => sum.counts[name] + next.counts[name];
    return {
      success: sum.success && next.success,
      counts: {
        tests: add('tests'),
        suites: add('suites'),
        passed: add('passed'),
        cancelled: add('cancelled'),
        skipped: add('skipped'),
        todo: add('todo'),
      },
      duration_ms: sum.duration_ms + next.duration_ms,
    };
  }, noTests);
}

const noTests: Summary | undefined = {
  success: true,
  counts: { tests: 0, suites: 0, passed: 0, cancelled: 0, skipped: 0, todo: 0 },
  duration_ms: 0,
};

/** A summary in the words of `node --test`. */
export function summaryLines({ counts, duration_ms }: Summary): readonly string[] {
  const { tests, suites, passed, cancelled, skipped, todo } = counts;
  return [
    `tests ${tests}`,
    `suites ${suites}`,
    `pass ${passed}`,
    `fail ${tests - passed - cancelled - skipped - todo}`,
    `cancelled ${cancelled}`,
    `skipped ${skipped}`,
    `todo ${todo}`,
    `duration_ms ${duration_ms}`,
  ];
}

/**
 * What is wrong with a run; empty when it may pass. For the runner a skipped test and one to do are
 * a success, but they prove nothing: here only tests that passed count.
 */
export function verdict(summary: Summary | undefined): string[] {
  if (summary === undefined) return ['the test runner ended without a summary'];
  const { tests, passed } = summary.counts;
  if (tests === 0) return ['no test was run'];
  if (passed < tests) return [`${tests - passed} of ${tests} tests failed, were cancelled, skipped or to do`];
  return summary.success ? [] : ['something failed outside the tests'];
}
