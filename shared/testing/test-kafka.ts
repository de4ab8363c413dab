import type { Broker } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { serverUrl } from './server-url.ts';
import { uniqueName } from './unique-name.ts';

/** Kafka at `KAFKA_BROKERS`, connected, with `topics`. Rejects when nobody answers in 20 s. */
export async function startTestKafka(topics: readonly string[], partitions = 3): Promise<Broker> {
  const broker = createKafkaBroker({
    brokers: serverUrl('KAFKA_BROKERS').split(','),
    topology: { topics: topics.map((name) => ({ name, partitions })) },
    clientId: uniqueName('client'),
  });
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));
  return broker;
}
