import type { MessagingConfig } from '../config.ts';

/** `host:port` of each. */
export function kafkaBrokersOf({ KAFKA_BROKERS }: Pick<MessagingConfig, 'KAFKA_BROKERS'>): readonly string[] {
  return KAFKA_BROKERS.split(',');
}
