import { type BrokerName, type Delivery, readEnvelope } from '@conveyor/brokers';
import { isUuid } from '@conveyor/contracts';
import { isMessageType, readBody } from '@conveyor/contracts/messages';
import { PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Message } from './message.ts';
import { type Subscription, subscriptionTo } from './subscription.ts';

/** A message with the subscription that takes it. */
export interface Understood {
  readonly message: Message;
  readonly subscription: Subscription;
}

/**
 * Whether a delivery is any of this consumer's business, told by its headers alone. If not it is to be acknowledged, before
 * the inbox or anything else sees it. Whatever cannot be told is its business: it must be set aside.
 *
 * A topic carries more types than one consumer wants, and the log of all orders also carries the
 * orders of the other broker; a queue holds only what was bound to it.
 */
export function concerns(
  broker: BrokerName,
  subscriptions: readonly Subscription[],
  { attributes }: Delivery,
): boolean {
  const envelope = readEnvelope(attributes);
  if ('missing' in envelope || !isUuid(envelope.id) || !isMessageType(envelope.type)) return true;
  const subscription = subscriptionTo(envelope.type, subscriptions);
  if (!subscription) return broker !== 'kafka';
  const isForeign = envelope.broker !== undefined && envelope.broker !== broker && !subscription.everyBroker;
  const isOtherStyle = subscription.saga !== undefined && envelope.saga !== subscription.saga;
  return !isForeign && !isOtherStyle;
}

/** Understands a delivery that {@link concerns} this consumer, or throws the {@link PermanentFault} for which it must be set aside. */
export function readDelivery(subscriptions: readonly Subscription[], delivery: Delivery): Understood {
  const envelope = readEnvelope(delivery.attributes);
  if ('missing' in envelope) {
    throw new PermanentFault('incomplete-envelope', `the attribute ${envelope.missing} is missing`);
  }
  if (!isUuid(envelope.id)) throw new PermanentFault('incomplete-envelope', 'the attribute id is not a UUID');
  const { type } = envelope;
  if (!isMessageType(type)) throw new PermanentFault('unknown-type', `no message is called ${type}`);

  const subscription = subscriptionTo(type, subscriptions);
  if (!subscription) {
    throw new PermanentFault('unexpected-type', `${type} is not taken from ${delivery.origin.channel}`);
  }
  const read = readBody(type, envelope.dataschema, delivery.body, envelope.readableby);
  if ('code' in read) throw new PermanentFault(read.code, read.detail);
  return { subscription, message: { id: envelope.id, type, envelope, data: read.data } };
}
