import type { Static } from 'typebox';
import { inventoryMessages } from './inventory.ts';
import { journalMessages } from './journal.ts';
import { notificationMessages } from './notification.ts';
import { orderMessages } from './order.ts';
import { paymentMessages } from './payment.ts';

/** Every message of the system: its kind, the version that is written today, and the shape of its body. */
export const messages = {
  ...orderMessages,
  ...inventoryMessages,
  ...paymentMessages,
  ...notificationMessages,
  ...journalMessages,
} as const;

export type MessageType = keyof typeof messages;
export type MessageData<Type extends MessageType> = Static<(typeof messages)[Type]['data']>;

/** True when `type` names a message of this system. */
export function isMessageType(type: string): type is MessageType {
  return Object.hasOwn(messages, type);
}

/** The version in which messages of `type` are written today. */
export function versionOf(type: MessageType): number {
  return messages[type].version;
}

/**
 * The data of a stored event as today's version has it.
 *
 * @throws Error for a version that cannot be read here: whoever cannot read a stream must not write to it.
 */
export function upcastStored(type: MessageType, schemaVersion: number, data: unknown): unknown {
  if (schemaVersion === versionOf(type)) return data;
  throw new Error(`${type} has no version ${schemaVersion} here`);
}

/** The `dataschema` attribute of messages of `type` as they are written today. */
export function dataschemaOf(type: MessageType): string {
  return `urn:conveyor:${type}:${messages[type].version}`;
}

/** A message to be sent, before it is known on which broker and because of what. */
export type Draft =
  | {
      [Type in MessageType]: {
        readonly type: Type;
        /** A UUID, for a sender that must know it; else the message gets a new one. */
        readonly id?: string;
        /** When what it tells of happened, and its place in the trace: for a sender that has stored both; else those of now. */
        readonly time?: string;
        readonly traceparent?: string;
        /** The id of the order (or sku) it is about. */
        readonly subject: string;
        readonly data: MessageData<Type>;
      };
    }[MessageType]
  | Tombstone;

/** Takes the snapshot of its subject away. */
export interface Tombstone {
  readonly type: 'order.snapshot';
  readonly id?: string;
  readonly time?: string;
  readonly traceparent?: string;
  readonly subject: string;
  readonly data: null;
}
