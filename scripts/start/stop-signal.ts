/**
 * Aborted by the first SIGINT, SIGTERM or SIGHUP: time to stop in order. Another one, more than a
 * second later, ends this process at once; the guardian then ends the rest. Within that second it
 * is the same Ctrl-C, passed on by npm and by the door as well.
 */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  let first = Number.POSITIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (performance.now() - first > 1000) process.exit(130);
      if (stopping.signal.aborted) return;
      first = performance.now();
      console.log('Stopping the services, then the servers ...');
      stopping.abort(new Error('Stopped while it started'));
    });
  }
  return stopping.signal;
}
