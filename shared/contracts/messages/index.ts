export { examples } from './examples.ts';
export type { JournalEntry, JournalKind, RecordedMessage } from './journal.ts';
export type { OrderEventType, OrderState } from './order.ts';
export { orderEventTypes } from './order.ts';
export { readBody } from './read-body.ts';
export type { Draft, MessageData, MessageType } from './registry.ts';
export {
  dataschemaOf,
  isCommand,
  isMessageType,
  messageTypes,
  schemaAttributesOf,
  versionOf,
} from './registry.ts';
export { upcastStored, versionsOf } from './versions.ts';
