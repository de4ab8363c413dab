import type { Address, Attributes, Broker, Delivery } from '@conveyor/brokers';
import { type Failure, InfrastructureFault } from './failure.ts';

export interface SetAsideOptions extends Failure {
  readonly deadLetterAddress: Address;
  readonly delivery: Delivery;
  /** Who gave the message up: a redrive goes back to this consumer only. */
  readonly consumer: string;
}

/** Headers that a dead letter has besides its own; `dead-letter-position` only on Kafka. */
export const deadLetterHeaders = {
  reason: 'dead-letter-reason',
  error: 'dead-letter-error',
  attempts: 'dead-letter-attempts',
  consumer: 'dead-letter-consumer',
  /** RFC 3339. */
  time: 'dead-letter-time',
  broker: 'dead-letter-broker',
  /** The queue or topic it was taken from. */
  channel: 'dead-letter-channel',
  /** The exchange or topic, and the key, that it was first sent to. */
  addressChannel: 'dead-letter-address-channel',
  addressKey: 'dead-letter-address-key',
  /** `partition:offset`. */
  position: 'dead-letter-position',
} as const;

/**
 * Sends a message to the dead letters as it came, same attributes and body, with headers that tell
 * what happened. Resolves once the broker has confirmed it; only then may the original be acknowledged.
 *
 * @throws InfrastructureFault when it is not confirmed or no queue takes it. The original must then
 * stay unacknowledged, so that nothing is lost; the dead letter may then exist twice, with one id.
 */
export async function setAside(broker: Broker, options: SetAsideOptions): Promise<void> {
  const { delivery, deadLetterAddress } = options;
  const [outcome] = await broker.publisher.publish([
    {
      address: deadLetterAddress,
      orderingKey: delivery.attributes.subject ?? delivery.origin.address.key,
      attributes: delivery.attributes,
      headers: { ...delivery.headers, ...account(options) },
      body: delivery.body,
    },
  ]);
  if (outcome?.status === 'confirmed') return;
  const where = `${deadLetterAddress.channel}/${deadLetterAddress.key}`;
  if (outcome?.status === 'unroutable') {
    throw new InfrastructureFault(
      'dead-letter-unroutable',
      `No queue takes dead letters for ${where}: ${outcome.reason}`,
    );
  }
  throw new InfrastructureFault('dead-letter-unconfirmed', `The dead letter for ${where} was not confirmed`, {
    cause: outcome?.error,
  });
}

function account({ delivery: { origin }, reason, error, attempts, consumer }: SetAsideOptions): Attributes {
  return {
    [deadLetterHeaders.reason]: reason,
    [deadLetterHeaders.error]: describe(error),
    [deadLetterHeaders.attempts]: String(attempts),
    [deadLetterHeaders.consumer]: consumer,
    [deadLetterHeaders.time]: new Date().toISOString(),
    [deadLetterHeaders.broker]: origin.broker,
    [deadLetterHeaders.channel]: origin.channel,
    [deadLetterHeaders.addressChannel]: origin.address.channel,
    [deadLetterHeaders.addressKey]: origin.address.key,
    ...(origin.position !== undefined && { [deadLetterHeaders.position]: origin.position }),
  };
}

/** `code: message`, short enough for a header: RabbitMQ refuses a message whose headers exceed a frame. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 1_000);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code}: ${error.message}`.slice(0, 1_000);
}
