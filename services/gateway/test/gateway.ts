import { randomUUID } from 'node:crypto';
import { newMessageId } from '@conveyor/brokers';
import type { OrderView, SagaProgress } from '@conveyor/contracts/http';
import { dataschemaOf, type JournalEntry } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { choreography, endings, requests } from '@conveyor/patterns/saga-choreography/choreography';
import { progress } from '@conveyor/patterns/saga-choreography/progress';
import { createHttp, type Http } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { migrate } from '@conveyor/service-kit/migrate';
import { openPostgres } from '@conveyor/service-kit/postgres';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { addTimelineRoute } from '../src/adapters/timeline.ts';
import { heldUpBy } from '../src/handlers/held-up-by.ts';
import { subscriptions } from '../src/subscriptions.ts';

const log = createLogger('gateway', 'silent');

/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:1';

/** An entry of the flight recorder, with an id of its own. */
export function entry(
  orderId: string,
  kind: JournalEntry['kind'],
  more: Partial<JournalEntry> = {},
): JournalEntry {
  return { id: randomUUID(), orderId, at: new Date().toISOString(), kind, service: 'inventory', ...more };
}

/** A message `journal.recorded`; the same entries may be in several. */
export function recorded(entries: JournalEntry[]): Message<'journal.recorded'> {
  const id = newMessageId();
  const envelope = {
    id,
    type: 'journal.recorded',
    source: '/inventory',
    subject: 'inventory',
    time: new Date().toISOString(),
    dataschema: dataschemaOf('journal.recorded'),
    correlationid: id,
    traceparent: newTraceparent(),
  };
  return { id, type: 'journal.recorded', envelope, data: { entries } };
}

/** What the services behind the gateway know. */
export interface Known {
  readonly orders: Map<string, Pick<OrderView, 'orderId' | 'saga' | 'status' | 'updatedAt'>>;
  readonly sagas: Map<string, SagaProgress>;
}

/** Orders and sagas, each answered for as by the service that has them. */
async function startServicesBehind({ orders, sagas }: Known): Promise<Http> {
  const http = createHttp(log);
  const answer = (path: string, known: ReadonlyMap<string, object>) =>
    http.get<{ Params: { id: string } }>(path, async ({ params }, reply) => {
      const found = known.get(params.id);
      return found ? reply.send(found) : reply.status(404).send({});
    });
  answer('/api/orders/:id', orders);
  answer('/internal/sagas/:id', sagas);
  await http.listen({ host: '127.0.0.1', port: 0 });
  return http;
}

/** The gateway's flight recorder on a database of its own: messages are handed in, and the timeline is asked for. */
export async function startGateway() {
  const testDatabase = await createTestDatabase([]);
  await migrate(
    testDatabase.url,
    ['outbox', 'inbox', 'dead-letters'],
    new URL('../migrations/', import.meta.url),
    log,
  );
  const database = openPostgres(testDatabase.url, 10, log);
  const known: Known = { orders: new Map(), sagas: new Map() };
  const behind = await startServicesBehind(known);
  const url = `http://127.0.0.1:${(behind.server.address() as { port: number }).port}`;

  const timelineOf = (services: { order: string; 'order-saga': string }) => {
    const http = createHttp(log);
    addTimelineRoute(http, {
      database,
      services,
      progressOf: (entries) => progress({ requests, steps: choreography, endings }, entries),
      heldUpBy,
      keptDays: 30,
    });
    return async (orderId: string) => {
      const answer = await http.inject(`/api/orders/${orderId}/timeline`);
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
    };
  };
  const surroundings = {
    service: 'gateway',
    delays: { orderExpiresAfterMs: 1_000 },
    database,
    wakeRelays: () => {},
  };
  const handlers = new Map(
    subscriptions.map((subscription) => [subscription.type, subscription.attach(surroundings)]),
  );

  return {
    known,
    database,
    testDatabase,
    timeline: timelineOf({ order: url, 'order-saga': url }),
    timelineWithoutOrders: timelineOf({ order: nowhere, 'order-saga': url }),
    timelineWithoutSagas: timelineOf({ order: url, 'order-saga': nowhere }),
    deliver(message: Message) {
      const handle = handlers.get(message.type) ?? handlers.get('#');
      return handle?.(message, new AbortController().signal);
    },
    async stop() {
      await behind.close();
      await database.close();
      await testDatabase.drop();
    },
  };
}
