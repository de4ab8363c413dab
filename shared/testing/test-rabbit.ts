import type { Broker } from '@conveyor/brokers';
import { createRabbitBroker, type Queue, type RabbitTopology } from '@conveyor/brokers/rabbitmq';
import { serverUrl } from './server-url.ts';
import { uniqueName } from './unique-name.ts';

/** A queue that the broker removes by itself a minute after its last use. */
export function testQueue(name: string, more: Queue['arguments'] = {}): Queue {
  return { name, type: 'classic', arguments: { 'x-expires': 60_000, ...more } };
}

/** RabbitMQ at `RABBITMQ_URL`, connected. Rejects when nobody answers in 20 s. */
export async function startTestRabbit(topology: Partial<RabbitTopology>): Promise<Broker> {
  const broker = createRabbitBroker({
    url: serverUrl('RABBITMQ_URL'),
    topology: { exchanges: [], queues: [], bindings: [], ...topology },
    clientName: uniqueName('client'),
  });
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));
  return broker;
}
