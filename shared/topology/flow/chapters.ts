import { type ConsumerName, consumerSpec } from '../consumers.ts';
import { exchanges } from '../routes.ts';
import type { ServiceName } from '../senders.ts';
import { snapshotTopics } from '../snapshots.ts';

/** The chapter that a service is the example of. */
export const chapterOfService: Readonly<Record<ServiceName, string>> = {
  order: 'event-sourcing',
  'order-saga': 'saga-orchestration',
  'order-query': 'cqrs',
  inventory: 'saga-choreography',
  payment: 'circuit-breaker',
  notification: 'publish-subscribe',
  gateway: 'correlation-tracing',
};

const exchangeChapters: Readonly<Record<string, string>> = {
  [exchanges.events]: 'routing',
  [exchanges.commands]: 'point-to-point',
  [exchanges.notifications]: 'publish-subscribe',
};

export function chapterOfExchange(name: string): string {
  return exchangeChapters[name] ?? 'dead-letter-queue';
}

/** The chapter of the place where a consumer's work waits. */
export function chapterOfConsumer(name: ConsumerName): string {
  const { prioritised, readsLog } = consumerSpec(name);
  if (readsLog) return 'cqrs';
  return prioritised ? 'priority-queue' : 'point-to-point';
}

const logTopics: readonly string[] = ['order-events', ...Object.values(snapshotTopics)];

/** The chapter of a topic in which events are kept. */
export function chapterOfLog(topic: string): string {
  return logTopics.includes(topic) ? 'event-sourcing' : 'routing';
}
