import type { Static, TSchema } from 'typebox';
import { inventoryMessages } from './inventory.ts';
import { journalMessages } from './journal.ts';
import { notificationMessages } from './notification.ts';
import { orderMessages } from './order.ts';
import { paymentMessages } from './payment.ts';

export interface MessageSpec {
  readonly kind: 'event' | 'command' | 'request' | 'reply' | 'snapshot';
  /** The version that is written today. Those before it are in `upcasters.ts`. */
  readonly version: number;
  /** The shape of its body. */
  readonly data: TSchema;
  /** The oldest version whose readers can read this body and take it to mean the same. Absent: only their own. */
  readonly readableBy?: (data: never) => number;
}

/** Every message of the system. */
export const messages = {
  ...orderMessages,
  ...inventoryMessages,
  ...paymentMessages,
  ...notificationMessages,
  ...journalMessages,
} as const satisfies Record<string, MessageSpec>;

export type MessageType = keyof typeof messages;
export type MessageData<Type extends MessageType> = Static<(typeof messages)[Type]['data']>;

export const messageTypes = Object.keys(messages) as MessageType[];

/** True when `type` names a message of this system. */
export function isMessageType(type: string): type is MessageType {
  return Object.hasOwn(messages, type);
}

/** True when `type` tells somebody what to do, and not what has happened. */
export function isCommand(type: string): boolean {
  return isMessageType(type) && messages[type].kind === 'command';
}

/** The version of `type` that is written today. */
export function versionOf(type: MessageType): number {
  return messages[type].version;
}

/** The `dataschema` attribute of messages of `type` as they are written today. */
export function dataschemaOf(type: MessageType): string {
  return `${schemaName(type)}:${versionOf(type)}`;
}

/** What stands before the version in the `dataschema` of every version of `type`. */
export function schemaName(type: MessageType): string {
  return `urn:conveyor:${type}`;
}

/** The attributes that tell readers how to read a body: its version, and the oldest one whose readers can read it, too. */
export interface SchemaAttributes {
  readonly dataschema: string;
  readonly readableby?: string;
}

/** Those of a message as it is written today. */
export function schemaAttributesOf({ type, data }: Pick<Draft, 'type' | 'data'>): SchemaAttributes {
  const message: MessageSpec = messages[type];
  const readableBy = message.readableBy?.(data as never) ?? message.version;
  return {
    dataschema: dataschemaOf(type),
    ...(readableBy < message.version && { readableby: String(readableBy) }),
  };
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
