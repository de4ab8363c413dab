/**
 * Kafka keeps the message and each group its own position: as many groups, as many copies. So there
 * is nothing to declare, only to subscribe: one group per subscriber, all on the same topics.
 */
export function groupPerSubscriber(
  subscribers: readonly string[],
  topics: readonly string[],
): readonly { readonly group: string; readonly topics: readonly string[] }[] {
  return subscribers.map((group) => ({ group, topics }));
}
