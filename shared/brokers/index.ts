export { asError } from './as-error.ts';
export type { Attributes, BrokerName, Envelope } from './envelope.ts';
export {
  brokerNames,
  derivedMessageId,
  isUuid,
  newMessageId,
  readEnvelope,
  writeEnvelope,
} from './envelope.ts';
export { Gate } from './gate.ts';
export type {
  Address,
  Broker,
  BrokerEvent,
  ConsumeOptions,
  Consumer,
  Delivery,
  OnBrokerEvent,
  OnDelivery,
  Origin,
  OutgoingMessage,
  Publisher,
  PublishOutcome,
  ReplyInbox,
  ReplyTicket,
} from './port.ts';
export { withPublisher } from './with-publisher.ts';
