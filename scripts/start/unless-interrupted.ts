/**
 * Runs `task` to its end though a signal comes, and rejects then: Ctrl-C reaches what the task has started as well, which ends for it,
 * and the task is left to tidy up behind it.
 */
export async function unlessInterrupted(task: () => Promise<void>): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let came = false;
  const note = () => {
    came = true;
  };
  for (const signal of signals) process.on(signal, note);
  try {
    await task();
    if (came) throw new Error('Interrupted before it started.');
  } finally {
    for (const signal of signals) process.off(signal, note);
  }
}
