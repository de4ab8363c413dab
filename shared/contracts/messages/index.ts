export type { Unreadable } from './read-body.ts';
export { readBody } from './read-body.ts';
export type { Draft, MessageData, MessageType } from './registry.ts';
export { dataschemaOf, isMessageType, messages } from './registry.ts';
