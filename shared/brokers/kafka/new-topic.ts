import { growingPause, pause } from '../pause.ts';

/**
 * Resolves with true once `findTopics` names one that is not in `known`, and with false when `over`
 * fires before. It looks at once, then every `everyMs`, and sooner after a look that failed: a single
 * one may fall into the moment in which a connection is lost, or reach a server of the cluster that
 * has not heard of the topic yet. Never rejects.
 */
export async function newTopic(
  known: readonly string[],
  findTopics: () => Promise<readonly string[]>,
  everyMs: number,
  over: AbortSignal,
): Promise<boolean> {
  for (let failures = 0; !over.aborted; ) {
    try {
      const topics = await findTopics();
      if (topics.some((topic) => !known.includes(topic))) return !over.aborted;
      failures = 0;
      await pause(everyMs, over);
    } catch {
      await growingPause(failures++, over);
    }
  }
  return false;
}
