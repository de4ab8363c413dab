import type { Draft } from '@conveyor/contracts/messages';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { createLogger } from '@conveyor/service-kit/logger';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { type Cause, toOutboxRows } from '@conveyor/service-kit/messaging/outgoing';
import type { Subscription } from '@conveyor/service-kit/messaging/subscription';
import { type ChapterSchema, migrate } from '@conveyor/service-kit/migrate';
import { openPostgres } from '@conveyor/service-kit/postgres';
import { createTestDatabase } from './test-database.ts';

/** What a service stands on, but for the brokers: a database of its own; messages are handed in and read from the outbox. */
export async function openServiceGround(
  service: string,
  chapters: readonly ChapterSchema[],
  migrations: URL,
) {
  const testDatabase = await createTestDatabase([]);
  const log = createLogger(service, 'silent');
  await migrate(testDatabase.url, chapters, migrations, log);
  const database = openPostgres(testDatabase.url, 20, log);
  const sender = { service, delays: { orderExpiresAfterMs: 300_000 } };
  const surroundings = { ...sender, database, wakeRelays: () => {} };

  return {
    log,
    database,
    /** Resolves once so many transactions wait for another one's lock. */
    blocked: testDatabase.blocked,
    /** As `messaging.send`. */
    send: (tx: Tx, cause: Cause, drafts: readonly Draft[]) =>
      appendToOutbox(tx, toOutboxRows(sender, cause, drafts, new Date())),
    /** Handles a message as the running service would. Rejects when no subscription takes it. */
    async deliver(
      subscriptions: readonly Subscription[],
      message: Message,
      signal = new AbortController().signal,
    ): Promise<unknown> {
      const subscription = subscriptions.find(({ type }) => type === message.type);
      if (!subscription) throw new Error(`nobody takes ${message.type}`);
      return subscription.attach(surroundings)(message, signal);
    },
    /** What has been sent about an order (or product), oldest first. */
    async sentAbout(subject: string) {
      const { rows } = await database.query<{
        readonly broker: string;
        readonly priority: number;
        readonly attributes: Readonly<Record<string, string>>;
        readonly body: Buffer;
      }>('select broker, priority, attributes, body from outbox where ordering_key = $1 order by id', [
        subject,
      ]);
      return rows.map(({ body, ...row }) => ({
        ...row,
        type: row.attributes['type'],
        data: body.length > 0 ? (JSON.parse(body.toString()) as unknown) : null,
      }));
    },
    async stop() {
      await database.close();
      await testDatabase.drop();
    },
  };
}
