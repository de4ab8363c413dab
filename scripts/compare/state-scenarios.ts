import { newMessageId } from '../../shared/brokers/index.ts';
import { appendToStream } from '../../shared/patterns/08-event-sourcing/event-store.ts';
import { batchProjection } from '../../shared/patterns/10-cqrs/batch-projection.ts';
import {
  documentsIn,
  documentTable,
  type OrderDocument,
} from '../../shared/patterns/10-cqrs/document-table.ts';
import type { Sequenced } from '../../shared/patterns/10-cqrs/projection.ts';
import { groupCommit } from '../../shared/patterns/11-idempotent-consumer/group-commit.ts';
import { handleOnce } from '../../shared/patterns/11-idempotent-consumer/idempotent-consumer.ts';
import { appendToOutbox } from '../../shared/patterns/16-transactional-outbox/outbox.ts';
import { startRelay } from '../../shared/patterns/16-transactional-outbox/relay.ts';
import type { StageDatabase } from '../../shared/patterns/demo.ts';
import type { RealStage } from '../stage/stage.ts';
import type { Numbered, Scenario, Setting } from './setting.ts';
import { outgoing, schemaOf, workPlace } from './work-place.ts';

/** Sends by way of an outbox: `write` is what a business transaction does besides. */
async function byOutbox(
  stage: RealStage,
  schemas: readonly URL[],
  write: (
    tx: Parameters<Parameters<StageDatabase['transaction']>[0]>[0],
    message: Numbered,
  ) => Promise<unknown>,
): Promise<Setting> {
  const { broker, address, receivers } = await workPlace(stage);
  const database = await stage.database([schemaOf('16-transactional-outbox'), ...schemas]);
  const relay = startRelay({ service: stage.name('relay'), broker, connect: () => database.connect() });
  stage.after(() => relay.stop());
  return {
    receivers,
    async send(messages) {
      await database.transaction(async (tx) => {
        for (const message of messages) await write(tx, message);
        await appendToOutbox(
          tx,
          messages.map((message) => ({
            broker: stage.broker,
            message: outgoing(message, address(message.key)),
          })),
        );
      });
      relay.wake();
    },
  };
}

export const eventSourcing: Scenario = {
  pattern: 'event-sourcing',
  what: 'append to the event store, then the outbox; ten streams',
  async prepare(stage) {
    const versions = new Map<string, number>();
    const streams = new Map<string, string>();
    return byOutbox(stage, [schemaOf('08-event-sourcing')], async (tx, { key }) => {
      const stream = streams.get(key) ?? newMessageId();
      streams.set(key, stream);
      const version = await appendToStream(tx, stream, versions.get(key) ?? 0, [
        { type: 'measured', data: {} },
      ]);
      versions.set(key, version);
    });
  },
};

/** A message goes from service to service, each of which handles it once and says the next thing by its outbox. */
export function saga(pattern: string, what: string, hops: number): Scenario {
  return {
    pattern,
    what,
    async prepare(stage) {
      const { broker, address, receivers, send } = await workPlace(stage);
      const database = await stage.database([
        schemaOf('11-idempotent-consumer'),
        schemaOf('16-transactional-outbox'),
      ]);
      const relay = startRelay({ service: stage.name('relay'), broker, connect: () => database.connect() });
      stage.after(() => relay.stop());
      const once = handleOnce<{ readonly id: string; readonly message: Numbered; readonly hop: number }>({
        consumer: 'compare',
        database: groupCommit(database),
        handle: async (_tx, { message, hop }) => {
          if (hop >= hops) return [];
          const next = outgoing(message, address(message.key), { headers: { hop: String(hop + 1) } });
          return [{ broker: stage.broker, message: next }];
        },
        wakeRelays: () => relay.wake(),
      });
      return {
        receivers,
        send,
        handle: (heard) => async (delivery, signal) => {
          const hop = Number(delivery.headers['hop'] ?? 1);
          const message = JSON.parse(delivery.body.toString()) as Numbered;
          await once({ id: delivery.attributes['id'] ?? '', message, hop });
          if (hop === hops) await heard(delivery, signal);
        },
      };
    },
  };
}

export const cqrs: Scenario = {
  pattern: 'cqrs',
  what: 'each event is folded into a document of its own, in a table',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    const database = await stage.database([documentTable]);
    const project = batchProjection(
      documentsIn(database),
      (_: OrderDocument | undefined, { version }: Sequenced): OrderDocument => ({
        version,
        status: 'measured',
      }),
    );
    return {
      receivers,
      send,
      handle: (heard) => async (delivery, signal) => {
        const { n } = JSON.parse(delivery.body.toString()) as Numbered;
        await project([{ streamId: `order ${n}`, version: 1 }]);
        await heard(delivery, signal);
      },
    };
  },
};

export const idempotent: Scenario = {
  pattern: 'idempotent-consumer',
  what: 'each message with an inbox row and an effect in one transaction, shared by those that wait',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    const database = await stage.database([
      schemaOf('11-idempotent-consumer'),
      schemaOf('16-transactional-outbox'),
    ]);
    const transactions = groupCommit(database);
    return {
      receivers,
      send,
      handle: (heard) => {
        const once = handleOnce<{ readonly id: string }>({
          consumer: 'compare',
          database: transactions,
          handle: async () => [],
          wakeRelays: () => {},
        });
        return async (delivery, signal) => {
          await once({ id: delivery.attributes['id'] ?? '' });
          await heard(delivery, signal);
        };
      },
    };
  },
};

export const transactionalOutbox: Scenario = {
  pattern: 'transactional-outbox',
  what: 'written to the outbox in a transaction, sent by the relay',
  prepare: (stage) => byOutbox(stage, [], async () => {}),
};
