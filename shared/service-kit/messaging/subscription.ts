import type { SagaStyle } from '@conveyor/contracts';
import type { MessageType } from '@conveyor/contracts/messages';
import { handleOnce } from '@conveyor/patterns/idempotent-consumer/idempotent-consumer';
import { effectOnce } from '@conveyor/patterns/idempotent-consumer/outside-effect';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { ConsumerName } from '@conveyor/topology';
import type { Effect, Handle, Message } from './message.ts';
import { causeOf, toOutboxRows } from './outgoing.ts';

/** What a subscription needs to run; handed in by the messaging of the service. */
export interface Surroundings {
  readonly service: string;
  readonly database: Database;
  readonly wakeRelays: (rows: readonly OutboxRow[]) => void;
  readonly onDuplicate: (consumer: ConsumerName, message: Message) => void;
}

/** A line of a service's `subscriptions.ts`: which messages, through which consumer, to what handler. */
export interface Subscription {
  readonly consumer: ConsumerName;
  /** The type it takes, or `#` for every type. */
  readonly type: MessageType | '#';
  /** Only messages of orders in this style of saga; absent: of both. */
  readonly saga?: SagaStyle;
  /** True: also messages of orders that live on the other broker (the log of all orders holds them). */
  readonly everyBroker?: true;
  /** At most so many messages in hand at once. */
  readonly concurrency?: number;
  /** True, for compensations: a transient failure repeats the last retry delay for ever, never a dead letter. */
  readonly untilDone?: true;
  /** Makes the handler that is called with each message: idempotent, resolving after the commit. */
  readonly attach: (
    surroundings: Surroundings,
  ) => (message: Message, signal: AbortSignal) => Promise<unknown>;
}

type Options = Pick<Subscription, 'consumer' | 'saga' | 'everyBroker' | 'concurrency' | 'untilDone'>;

/** A message type whose handling is one transaction. */
export function on<Type extends MessageType>(
  type: Type,
  options: Options & { readonly handle: Handle<Type> },
): Subscription {
  const { handle, ...rest } = options;
  return { ...rest, type, attach: inTransaction(options.consumer, handle) };
}

/** Every message of a consumer: for those that only write down what they see. */
export function onEvery(options: Options & { readonly handle: Handle<MessageType> }): Subscription {
  const { handle, ...rest } = options;
  return { ...rest, type: '#', attach: inTransaction(options.consumer, handle) };
}

/** A message type that asks for something outside the database: a charge, a mail. */
export function onTask<Type extends MessageType, Intent, Outcome>(
  type: Type,
  options: Options & { readonly effect: Effect<Type, Intent, Outcome> },
): Subscription {
  const { effect, ...rest } = options;
  return {
    ...rest,
    type,
    attach: ({ service, database, wakeRelays, onDuplicate }) =>
      effectOnce<Message, Intent, Outcome>({
        consumer: options.consumer,
        database,
        intend: async (tx, message) => {
          const intention = await effect.intend(tx, message as Message<Type>);
          return 'settled' in intention
            ? { settled: rowsOf(service, message, intention.settled) }
            : intention;
        },
        perform: (intent, signal) => effect.perform(intent, signal),
        settle: async (tx, message, intent, outcome) =>
          rowsOf(service, message, await effect.settle(tx, message as Message<Type>, intent, outcome)),
        wakeRelays,
        onDuplicate: (message) => onDuplicate(options.consumer, message),
      }),
  };
}

function inTransaction<Type extends MessageType>(
  consumer: ConsumerName,
  handle: Handle<Type>,
): Subscription['attach'] {
  return ({ service, database, wakeRelays, onDuplicate }) =>
    handleOnce<Message>({
      consumer,
      database,
      handle: async (tx, message) => {
        const told = await handle(tx, message as Message<Type>);
        return rowsOf(service, message, 'drafts' in told ? told.drafts : told);
      },
      wakeRelays,
      onDuplicate: (message) => onDuplicate(consumer, message),
    });
}

function rowsOf(service: string, message: Message, drafts: Parameters<typeof toOutboxRows>[2]): OutboxRow[] {
  return toOutboxRows(service, causeOf(message.envelope), drafts, new Date());
}
