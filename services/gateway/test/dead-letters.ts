import { randomUUID } from 'node:crypto';
import type { DeadLetter } from '@conveyor/patterns/dead-letter-queue/dead-letter';
import { keepDeadLetter } from '@conveyor/patterns/dead-letter-queue/dead-letters';
import { buildLetter } from '@conveyor/patterns/dead-letter-queue/letter.fixture';
import type { DeadLetterDesk } from '@conveyor/service-kit/dead-letters/desk';
import { createLocalDesk } from '@conveyor/service-kit/dead-letters/local-desk';
import { addDeadLetterRoutes as addOwnRoutes } from '@conveyor/service-kit/dead-letters/routes';
import { createHttp, type Http } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { migrate } from '@conveyor/service-kit/migrate';
import { openPostgres } from '@conveyor/service-kit/postgres';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { requireAdminToken } from '../src/adapters/admin-token.ts';
import { addDeadLetterRoutes } from '../src/adapters/dead-letters.ts';
import { addDocumentation } from '../src/adapters/documentation.ts';
import { remoteDesk } from '../src/adapters/remote-desk.ts';

const log = createLogger('gateway', 'silent');
const token = 'the-admin-token';

export const consumers = ['gateway.audit', 'payment.charge', 'payment.refund'];

/** A service with a database of its own, and its desk. */
async function startService(service: string) {
  const testDatabase = await createTestDatabase([]);
  const migrations = new URL('../migrations/', import.meta.url);
  await migrate(testDatabase.url, ['outbox', 'inbox', 'dead-letters'], migrations, log);
  const database = openPostgres(testDatabase.url, 10, log);
  return {
    desk: createLocalDesk({ service, database, wake: () => {} }),
    database,
    async keep(
      more: Partial<DeadLetter> = {},
    ): Promise<{ readonly id: string; readonly letter: DeadLetter }> {
      const letter = buildLetter(more);
      await keepDeadLetter(database, letter);
      return { id: `${service}.${letter.id}`, letter };
    },
    /** The bodies that were sent with a message's id. */
    async sent({ attributes }: DeadLetter): Promise<readonly string[]> {
      const { rows } = await database.query<{ readonly body: Buffer }>(
        'select body from outbox where message_id = $1',
        [attributes['id']],
      );
      return rows.map(({ body }) => body.toString());
    },
    async stop() {
      await database.close();
      await testDatabase.drop();
    },
  };
}

async function startGatewayWith(desks: ReadonlyMap<string, DeadLetterDesk>): Promise<Http> {
  const http = createHttp(log);
  await addDocumentation(http, {});
  await http.register(async () =>
    addDeadLetterRoutes(http, { consumers, desks, requireAdmin: requireAdminToken(token) }),
  );
  return http;
}

/** The gateway's routes over two services: itself, and one that is asked over HTTP and can be stopped. */
export async function startDeadLetters() {
  const [gateway, payment] = await Promise.all([startService('gateway'), startService('payment')]);
  const behind = createHttp(log);
  addOwnRoutes(behind, payment.desk);
  await behind.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(behind.server.address() as { port: number }).port}`;
  const withDesk = (desk: DeadLetterDesk) =>
    startGatewayWith(
      new Map([
        ['gateway', gateway.desk],
        ['payment', desk],
      ]),
    );
  const front = await withDesk(remoteDesk('payment', url));
  // Nobody listens there.
  const lonely = await withDesk(remoteDesk('payment', 'http://127.0.0.1:1'));

  const asking =
    (http: Http) =>
    async (
      method: 'GET' | 'POST' | 'DELETE',
      path: string,
      {
        body,
        headers = {},
      }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
    ) => {
      const answer = await http.inject({
        method,
        url: path,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = answer.body;
      return {
        status: answer.statusCode,
        type: String(answer.headers['content-type']),
        retryAfter: answer.headers['retry-after'],
        body: text === '' ? undefined : JSON.parse(text),
      };
    };

  return {
    gateway,
    payment,
    ask: asking(front),
    askWithoutPayment: asking(lonely),
    unknownId: () => `payment.${randomUUID()}`,
    async stop() {
      await Promise.all([front.close(), lonely.close(), behind.close()]);
      await Promise.all([gateway.stop(), payment.stop()]);
    },
  };
}
