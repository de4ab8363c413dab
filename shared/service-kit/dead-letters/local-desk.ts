import type { BrokerName } from '@conveyor/brokers';
import type { RedriveManyResult } from '@conveyor/contracts/http';
import {
  countDeadLetters,
  findDeadLetter,
  listDeadLetters,
} from '@conveyor/patterns/dead-letter-queue/dead-letters';
import { retryTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { actionsOf, discardDeadLetter } from '@conveyor/patterns/dead-letter-queue/letter-actions';
import { type RedriveSurroundings, redrive, redriveMany } from '@conveyor/patterns/dead-letter-queue/redrive';
import type { AddressOf } from '@conveyor/patterns/dead-letter-queue/redriven-message';
import { appendToJournal, journalRows, orderOf } from '../journal/journal-rows.ts';
import type { Postgres } from '../postgres.ts';
import { unprocessable } from '../problems.ts';
import { checkBody } from './check-body.ts';
import type { DeadLetterDesk } from './desk.ts';
import { bodyView, letterView, listedView, publicIdOf } from './letter-view.ts';

export interface LocalDeskOptions {
  readonly service: string;
  readonly database: Pick<Postgres, 'query' | 'transaction'>;
  /** Called after commits with each broker on which something is to leave, be it messages or the flight recorder's entries. */
  readonly wake: (broker: BrokerName) => void;
}

/** The desk of the service that has the letters in its own database. */
export function createLocalDesk({ service, database, wake }: LocalDeskOptions): DeadLetterDesk {
  const surroundings: RedriveSurroundings = {
    database,
    addressOf,
    checkBody,
    async record(tx, letters) {
      const entries = letters.flatMap(({ attributes, consumer, broker, reason }) =>
        journalRows(attributes, {
          kind: 'redriven',
          at: new Date(),
          service,
          consumer,
          broker,
          detail: reason,
        }),
      );
      await appendToJournal(tx, entries);
    },
    wake(letters) {
      const brokers = letters.flatMap(({ broker, attributes }) => [
        broker,
        orderOf(attributes)?.broker ?? broker,
      ]);
      for (const broker of new Set(brokers)) wake(broker);
    },
  };

  return {
    async list({ cursor, limit, ...wanted }) {
      const filter = filterOf(wanted);
      const [total, letters] = await Promise.all([
        countDeadLetters(database, filter),
        // One more than is shown tells whether there is another page.
        listDeadLetters(database, filter, { before: cursor, limit: limit + 1 }),
      ]);
      const page = letters.slice(0, limit);
      const last = letters.length > limit ? page.at(-1) : undefined;
      return {
        total,
        deadLetters: page.map((letter) => listedView(service, letter)),
        ...(last && { nextCursor: last.id }),
      };
    },

    async find(id) {
      const letter = await findDeadLetter(database, id);
      if (!letter) return undefined;
      const { payloadText } = bodyView(letter.body);
      const actions = await actionsOf(database, id);
      return {
        ...letterView(service, letter),
        ...(payloadText !== undefined && { payloadText }),
        actions: actions.map(({ at, who, what }) => ({ at: at.toISOString(), who, what })),
      };
    },

    async redrive(id, { payload, dryRun, who }) {
      const body = payload === undefined ? undefined : Buffer.from(JSON.stringify(payload));
      const redriven = await redrive(surroundings, { id, body, dryRun, who, now: new Date() });
      if (!redriven) return undefined;
      if ('refused' in redriven) throw unprocessable(redriven.refused.path, redriven.refused.detail);
      const { outcome, letter } = redriven;
      const { consumer, broker, attributes } = letter;
      return {
        outcome,
        id: publicIdOf(service, letter),
        ...(attributes.id !== undefined && { messageId: attributes.id }),
        consumer,
        broker,
        ...(dryRun && { dryRun }),
      };
    },

    async redriveMany({ limit, dryRun, who, ...wanted }) {
      const filter = filterOf(wanted);
      const done = await redriveMany(surroundings, { filter, limit, dryRun, who, now: new Date() });
      return { ...inNumbers(done, dryRun), remaining: await countDeadLetters(database, filter) };
    },

    async discard(id, who) {
      const discarded = await discardDeadLetter(database, id, { who, at: new Date() });
      if (!discarded) return undefined;
      return { outcome: discarded.outcome, id: publicIdOf(service, discarded.letter) };
    },
  };
}

/** RabbitMQ: the consumer's own queue. Kafka: the topic of its group that nobody else reads, without a wait. */
const addressOf: AddressOf = (broker, consumer, key) =>
  broker === 'rabbitmq' ? { channel: '', key: consumer } : { channel: retryTopicName(consumer, 0), key };

function filterOf({
  broker,
  consumer,
}: {
  readonly broker?: BrokerName | undefined;
  readonly consumer?: string | undefined;
}) {
  return { ...(broker && { broker }), ...(consumer !== undefined && { consumer }) };
}

function inNumbers(
  { sent, handled }: { readonly sent: number; readonly handled: number },
  dryRun: boolean,
): Omit<RedriveManyResult, 'remaining'> {
  const would = dryRun ? 'would-redrive' : 'redriven';
  return {
    outcome: sent > 0 ? would : 'already-handled',
    redriven: dryRun ? 0 : sent,
    alreadyHandled: handled,
    ...(dryRun && { dryRun, wouldRedrive: sent }),
  };
}
