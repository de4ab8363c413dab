import { deadLetterTopicName, retryTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { type ConsumerName, consumerNames, consumerSpec } from './consumers.ts';
import type { Waits } from './delays.ts';
import { delayTopicsOfConsumer, topicsOfConsumer } from './kafka.ts';
import { type ServiceName, serviceOf } from './senders.ts';

/** A consumer group of Kafka, and what it reads. */
export interface KafkaGroup {
  readonly name: string;
  readonly service: ServiceName;
  /** The consumer whose group it is; absent: it sees to what all consumers of the service have failed with. */
  readonly consumer?: ConsumerName;
  /** `delay`: it reads what waits for its next try; `dead`: what was given up. */
  readonly role: 'work' | 'delay' | 'dead';
  readonly topics: readonly string[];
  /** True: nobody is a member of it. Its consumer reads the log by a group for each generation of the read model. */
  readonly byGenerations?: true;
}

/** The group of a service that reads the retry topics of all its consumers. */
export function retryGroupOf(service: string): string {
  return `${service}.retries`;
}

/** The group of a service that reads the dead letters of all its consumers. */
export function deadLetterGroupOf(service: string): string {
  return `${service}.dead-letters`;
}

/** Every group of a fixed name; those of askers and of the read model's generations come and go. */
export function kafkaGroups({ delays, retryDelaysMs }: Waits): readonly KafkaGroup[] {
  const work = consumerNames.map(
    (name): KafkaGroup => ({
      name,
      service: serviceOf(name),
      consumer: name,
      role: 'work',
      topics: [...topicsOfConsumer(name), ...delayTopicsOfConsumer(name, delays)],
      ...(consumerSpec(name).readsLog && { byGenerations: true }),
    }),
  );
  const failures = [...Map.groupBy(consumerNames, serviceOf)].flatMap(([service, names]): KafkaGroup[] => [
    {
      name: retryGroupOf(service),
      service,
      role: 'delay',
      topics: names.flatMap((name) => retryTopicsOfConsumer(name, retryDelaysMs)),
    },
    { name: deadLetterGroupOf(service), service, role: 'dead', topics: names.map(deadLetterTopicName) },
  ]);
  return [...work, ...failures];
}

/** Where what a consumer has failed with waits for its next try; without a wait it comes back when it is redriven. */
export function retryTopicsOfConsumer(
  name: ConsumerName,
  retryDelaysMs: readonly number[],
): readonly string[] {
  return [...new Set([0, ...retryDelaysMs])].map((delayMs) => retryTopicName(name, delayMs));
}
