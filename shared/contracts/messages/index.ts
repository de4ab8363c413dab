export type { JournalEntry, JournalKind } from './journal.ts';
export type { OrderState } from './order.ts';
export { readBody } from './read-body.ts';
export type { Draft, MessageData, MessageType } from './registry.ts';
export { dataschemaOf, isMessageType, upcastStored, versionOf } from './registry.ts';
