/** The end of a run, as the runner counts it. */
export interface Summary {
  readonly success: boolean;
  readonly counts: { readonly tests: number; readonly passed: number };
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
