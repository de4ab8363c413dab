import { type Address, type Attributes, type Broker, type Delivery, newMessageId } from '@conveyor/brokers';
import { dueAfter } from '@conveyor/patterns/delayed-queue/delayed-queue';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { accountOfDeath, accountOfRetry, attemptOf, ownHeaders } from './account.ts';
import { type Ending, messageIdOf, orderingKeyOf } from './attempt.ts';
import { type Failure, InfrastructureFault } from './failure.ts';
import { hold, letGo } from './held-messages.ts';
import { letterIdOf } from './letter-id.ts';
import { findMoved, forgetRetry, recordDeath, recordRetry } from './retries.ts';

/** A failure after which there is another try: number `attempt`, after `delayMs`. */
export interface Retry {
  readonly error: unknown;
  /** When it failed. The wait counts from here, whatever moving the message takes. */
  readonly at: Date;
  readonly attempt: number;
  readonly delayMs: number;
}

/** Where the failed messages of a consumer go. */
export interface Places {
  /** Where a message waits for so long, and then comes back to this consumer alone. */
  retry(delivery: Delivery, delayMs: number): Address;
  dead(delivery: Delivery): Address;
}

export interface FailedMessagesOptions {
  readonly consumer: string;
  readonly broker: Broker;
  readonly database: Tx;
  readonly places: Places;
  /** How long to wait before try number `attempt`. */
  readonly delayBefore: (delivery: Delivery, attempt: number) => number | undefined;
  /** True: the others of its key are held while a message waits ({@link keepOrder} sees to it). For Kafka. */
  readonly inOrder: boolean;
}

/** What a consumer does with a message that failed. Each resolves once the original may be acknowledged. */
export interface FailedMessages {
  retryLater(delivery: Delivery, retry: Retry): Promise<Ending>;
  setAside(delivery: Delivery, failure: Failure): Promise<void>;
  /**
   * For a delivery that may be a copy of what has been moved before: a process that dies between moving and acknowledging
   * leaves one. It is moved again, because nobody knows whether that had happened, and not tried: each try is made once.
   * Undefined: it has not been moved.
   */
  moveAgain(delivery: Delivery): Promise<Ending | undefined>;
  /** To be called when a message has been handled that may have failed before. */
  handled(delivery: Delivery): Promise<void>;
}

/**
 * Moves messages by the same broker: written down → published → confirmed, and only then acknowledged by whoever calls.
 * The message is the same, with the same id, and carries an account of what happened to it.
 *
 * @throws InfrastructureFault (each of them) when it is not confirmed. The original must then stay
 * unacknowledged, so that nothing is lost.
 */
export function failedMessages(options: FailedMessagesOptions): FailedMessages {
  const { consumer, broker, database, places, delayBefore, inOrder } = options;
  const hasOrder = ({ origin }: Delivery) => inOrder && origin.address.key !== '';

  return {
    async retryLater(delivery, { error, at, attempt, delayMs }) {
      const headers = accountOfRetry(delivery, error, attempt, at);
      const messageId = messageIdOf(delivery);
      if (messageId !== undefined) {
        const orderingKey = orderingKeyOf(delivery);
        const moved = { attempt, headers, ...(hasOrder(delivery) && { orderingKey }) };
        if (!(await recordRetry(database, { consumer, messageId }, moved))) {
          const ending = await moveAgain(delivery);
          if (ending) return ending;
          await holdBehind(orderingKey, messageId, withHeaders(delivery, headers));
          return 'held';
        }
      }
      await wait(delivery, headers, delayMs, at);
      return 'retried';
    },

    async setAside(delivery, failure) {
      const account = accountOfDeath(
        delivery,
        failure,
        consumer,
        deadLetterId(delivery, consumer),
        new Date(),
      );
      const messageId = messageIdOf(delivery);
      const headers =
        messageId === undefined
          ? account
          : await recordDeath(
              database,
              { consumer, messageId },
              { attempt: failure.attempts, headers: account },
            );
      await send(delivery, places.dead(delivery), headers);
    },

    moveAgain,

    async handled(delivery) {
      const messageId = messageIdOf(delivery);
      // As the head of its key it is removed when the next one takes its place.
      if (messageId === undefined || hasOrder(delivery)) return;
      await forgetRetry(database, { consumer, messageId });
    },
  };

  async function moveAgain(delivery: Delivery): Promise<Ending | undefined> {
    const messageId = messageIdOf(delivery);
    if (messageId === undefined) return undefined;
    const moved = await findMoved(database, { consumer, messageId });
    if (moved?.givenUp) {
      await send(delivery, places.dead(delivery), moved.headers);
      return 'given-up';
    }
    if (!moved || moved.attempt <= attemptOf(delivery)) return undefined;
    await wait(delivery, moved.headers, delayBefore(delivery, moved.attempt) ?? 0, new Date());
    return 'retried';
  }

  /** Another message of its key failed at the same moment and was first. */
  async function holdBehind(orderingKey: string, messageId: string, delivery: Delivery): Promise<void> {
    if (await hold(database, { consumer, orderingKey }, messageId, delivery)) return;
    throw new InfrastructureFault('key-is-free-again', 'the message before this one has ended meanwhile');
  }

  async function wait(delivery: Delivery, headers: Attributes, delayMs: number, since: Date): Promise<void> {
    const due = dueAfter(delayMs, since);
    await send(delivery, places.retry(delivery, delayMs), { ...headers, ...due });
    const messageId = messageIdOf(delivery);
    // Of a message that was held the table had the only copy: it may go only now.
    if (messageId !== undefined && hasOrder(delivery)) await letGo(database, { consumer, messageId });
  }

  async function send(delivery: Delivery, address: Address, headers: Attributes): Promise<void> {
    const { attributes, body, origin, priority } = delivery;
    const [outcome] = await broker.publisher.publish([
      {
        address,
        orderingKey: attributes.subject ?? origin.address.key,
        attributes,
        headers: { ...ownHeaders(delivery.headers), ...headers },
        body,
        ...(priority !== undefined && { priority }),
      },
    ]);
    if (outcome?.status === 'confirmed') return;
    const where = `${address.channel}/${address.key}`;
    if (outcome?.status === 'unroutable') {
      throw new InfrastructureFault(
        'move-unroutable',
        `Nothing takes messages for ${where}: ${outcome.reason}`,
      );
    }
    throw new InfrastructureFault('move-unconfirmed', `The message for ${where} was not confirmed`, {
      cause: outcome?.error,
    });
  }
}

/** Kafka's position makes one letter of a message without an id, however often it comes. */
function deadLetterId({ attributes, origin }: Delivery, consumer: string): string {
  if (messageIdOf({ attributes }) !== undefined || origin.position === undefined) return newMessageId();
  return letterIdOf(`${consumer} ${origin.channel} ${origin.position}`, origin.storedAt ?? 0);
}

function withHeaders(delivery: Delivery, headers: Attributes): Delivery {
  return { ...delivery, headers: { ...delivery.headers, ...headers } };
}
