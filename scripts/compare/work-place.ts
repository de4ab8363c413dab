import { type Broker, newMessageId, type OutgoingMessage } from '../../shared/brokers/index.ts';
import { workTopic } from '../../shared/patterns/01-point-to-point/kafka.ts';
import { addressIn } from '../../shared/patterns/01-point-to-point/one-place.ts';
import { workQueue } from '../../shared/patterns/01-point-to-point/rabbitmq.ts';
import type { RealStage } from '../stage/stage.ts';
import type { Numbered, Receiver, Setting } from './setting.ts';

/** Of the topics: enough that one consumer may have messages of several. */
export const partitions = 3;

const patterns = new URL('../../shared/patterns/', import.meta.url);

/** A file of SQL of a chapter. */
export const schemaOf = (folder: string): URL => new URL(`${folder}/schema.sql`, patterns);

/** A message as it is measured. */
export function outgoing(
  { n, key }: Numbered,
  address: OutgoingMessage['address'],
  more: Partial<OutgoingMessage> = {},
): OutgoingMessage {
  return {
    address,
    orderingKey: key,
    attributes: { id: newMessageId(), type: 'measured', subject: key, source: '/compare' },
    body: Buffer.from(JSON.stringify({ n, key })),
    ...more,
  };
}

/** Resolves once all are stored. */
export async function publish(broker: Pick<Broker, 'publisher'>, messages: readonly OutgoingMessage[]) {
  const outcomes = await broker.publisher.publish(messages);
  const failed = outcomes.find(({ status }) => status !== 'confirmed');
  if (failed) throw new Error(`a message was not stored: ${JSON.stringify(failed)}`);
}

/** Sends messages each of which `write` turns into what goes over the broker. */
export function sending(
  broker: Pick<Broker, 'publisher'>,
  write: (message: Numbered) => OutgoingMessage,
): Setting['send'] {
  return (messages) => publish(broker, messages.map(write));
}

/** A queue, or a topic of three partitions; the ground of most patterns. */
export async function workPlace(stage: RealStage) {
  const name = stage.name('work');
  const broker = await stage.open({
    rabbitmq: { queues: [workQueue(name)] },
    kafka: { topics: [workTopic(name, partitions)] },
  });
  const address = (key: string) => addressIn(stage.broker, name, key);
  const receivers: readonly Receiver[] = [{ name: stage.name('receiver'), channels: [name] }];
  const send = sending(broker, (message) => outgoing(message, address(message.key)));
  return { broker, address, receivers, send };
}
