import type { SagaStyle } from '@conveyor/contracts';
import type { MessageType } from '@conveyor/contracts/messages';
import { type Handled, handleOnce } from '@conveyor/patterns/idempotent-consumer/idempotent-consumer';
import { effectOnce } from '@conveyor/patterns/idempotent-consumer/outside-effect';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { ConsumerName } from '@conveyor/topology';
import type { Recording } from '../journal/recorder.ts';
import { type Effect, type Handle, type Message, wholeOf } from './message.ts';
import { causeOf, type Sender, toOutboxRows } from './outgoing.ts';
import type { RetryName } from './retry-policies.ts';

/** What a subscription needs to run; handed in by the messaging of the service. */
export interface Surroundings extends Sender {
  readonly database: Database;
  readonly wakeRelays: (rows: readonly OutboxRow[]) => void;
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
  /** True: the flight recorder takes no note of its messages. For those that write down what they see, the flight recorder first of all. */
  readonly unrecorded?: true;
  /** What follows a transient failure. */
  readonly retry: RetryName;
  /** True: its messages overtake each other by the priority of their order; the consumer's queue and topics must be made for it. */
  readonly prioritised?: true;
  /** Makes the handler that is called with each message: idempotent, resolving after the commit. */
  readonly attach: (surroundings: Surroundings) => MessageHandler;
}

/** With `recording`, what happens is written into the flight recorder, in the transactions in which it happens. */
export type MessageHandler = (
  message: Message,
  signal: AbortSignal,
  recording?: Recording,
) => Promise<Handled>;

type Options = Omit<Subscription, 'type' | 'attach'>;

/** The one of `subscriptions`, all of one consumer, that takes messages of `type`. */
export function subscriptionTo(
  type: string | undefined,
  subscriptions: readonly Subscription[],
): Subscription | undefined {
  return subscriptions.find((subscription) => subscription.type === type || subscription.type === '#');
}

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
    attach: ({ database, wakeRelays, ...sender }) =>
      recorded((recording) =>
        effectOnce<Message<Type>, Intent, Outcome>({
          consumer: options.consumer,
          database,
          async intend(tx, message) {
            const intention = await effect.intend(tx, message);
            if (!('settled' in intention)) {
              await recording?.received(tx);
              return intention;
            }
            await recording?.handled(tx, { drafts: intention.settled });
            return { settled: rowsOf(sender, message, intention.settled) };
          },
          perform(intent, signal) {
            // The intent is committed by now, and what follows may take long.
            recording?.committed();
            return effect.perform(intent, signal);
          },
          async settle(tx, message, intent, outcome) {
            const told = wholeOf(await effect.settle(tx, message, intent, outcome));
            await recording?.settled(tx, told);
            return rowsOf(sender, message, told.drafts);
          },
          wakeRelays,
        }),
      ),
  };
}

/** The same subscription; `then` is called after each of its messages has been handled and committed. Must not throw. */
export function andThen(subscription: Subscription, then: () => void): Subscription {
  return {
    ...subscription,
    attach(surroundings) {
      const handle = subscription.attach(surroundings);
      return async (message, signal, recording) => {
        const handled = await handle(message, signal, recording);
        then();
        return handled;
      };
    },
  };
}

function inTransaction<Type extends MessageType>(
  consumer: ConsumerName,
  handle: Handle<Type>,
): Subscription['attach'] {
  return ({ database, wakeRelays, ...sender }) =>
    recorded((recording) =>
      handleOnce<Message<Type>>({
        consumer,
        database,
        async handle(tx, message) {
          const told = wholeOf(await handle(tx, message));
          await recording?.handled(tx, told);
          return rowsOf(sender, message, told.drafts);
        },
        wakeRelays,
      }),
    );
}

/** A message is handled by what `handlerFor` makes for its recording, and recorded as handled, or as seen before. */
function recorded<Type extends MessageType>(
  handlerFor: (
    recording: Recording | undefined,
  ) => (message: Message<Type>, signal: AbortSignal) => Promise<Handled>,
): MessageHandler {
  return async (message, signal, recording) => {
    const handled = await handlerFor(recording)(message as Message<Type>, signal);
    if (handled === 'duplicate') await recording?.duplicate();
    else recording?.committed();
    return handled;
  };
}

function rowsOf(sender: Sender, message: Message, drafts: Parameters<typeof toOutboxRows>[2]): OutboxRow[] {
  return toOutboxRows(sender, causeOf(message.envelope), drafts, new Date());
}
