import type { BrokerName } from '@conveyor/brokers';
import { versionsOf } from '@conveyor/contracts/messages';
import type { Waits } from '../delays.ts';
import { type Channel, channelsOf } from './channels.ts';
import { envelopeOf, messagesOn, payloads, versionId } from './messages.ts';
import { operationsOf } from './operations.ts';

export interface AsyncApiOptions extends Waits {
  /** Where each broker is, `host:port`. */
  readonly hosts: Readonly<Record<BrokerName, string>>;
}

const brokers: readonly BrokerName[] = ['rabbitmq', 'kafka'];

/**
 * The whole system in AsyncAPI 3.0: every exchange, queue and topic, what is in it, who sends and who takes it. It is made
 * of the very data that the brokers are set up with and the very schemas that messages are read by, so a new message or
 * consumer is in it by itself.
 */
export function asyncApi({ hosts, ...waits }: AsyncApiOptions): object {
  const channels = channelsOf(waits);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Conveyor',
      version: '1',
      description:
        'Orders over RabbitMQ and Kafka. Envelope: CloudEvents 1.0, binary mode. Bodies are read tolerantly: fields that are ' +
        'not described may be there, and are to be ignored. Amounts are whole numbers of minor units.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      rabbitmq: { host: hosts.rabbitmq, protocol: 'amqp', protocolVersion: '0.9.1' },
      kafka: { host: hosts.kafka, protocol: 'kafka' },
    },
    channels: Object.fromEntries(channels.map((channel) => [channel.id, described(channel)])),
    operations: operationsOf(waits, channels),
    components: {
      schemas: payloads(),
      messages: Object.fromEntries(
        brokers.flatMap((broker) =>
          Object.entries(messagesOn(broker)).map(([id, message]) => [`${broker}.${id}`, message]),
        ),
      ),
      messageTraits: Object.fromEntries(brokers.map((broker) => [broker, envelopeOf(broker)])),
    },
  };
}

function described({ broker, address, description, types, bindings }: Channel): object {
  const ids = types.flatMap((type) => versionsOf(type).map((_, n) => versionId(type, n + 1)));
  return {
    address,
    description,
    servers: [{ $ref: `#/servers/${broker}` }],
    messages: Object.fromEntries(ids.map((id) => [id, { $ref: `#/components/messages/${broker}.${id}` }])),
    bindings,
  };
}
