import { isUuid } from '@conveyor/contracts';
import {
  defaultPageSize,
  defaultRedriveLimit,
  discardDeadLetter,
  getDeadLetter,
  listDeadLetters,
  redriveDeadLetter,
  redriveDeadLetters,
} from '@conveyor/contracts/http';
import type { DeadLetterDesk } from '@conveyor/service-kit/dead-letters/desk';
import { type Http, operation } from '@conveyor/service-kit/http';
import { notFound, Problem } from '@conveyor/service-kit/problems';
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { listAll, uuidOf } from './dead-letter-list.ts';
import { type LettersOf, readQueue } from './dead-letter-queues.ts';

export interface DeadLetterDeps {
  /** Every consumer of the system; the first word of its name is its service. */
  readonly consumers: readonly string[];
  /** The desk of each service that has a consumer. */
  readonly desks: ReadonlyMap<string, DeadLetterDesk>;
  readonly requireAdmin: onRequestAsyncHookHandler;
}

/** The dead letters of all services, looked at and decided about under one address. */
export function addDeadLetterRoutes(http: Http, { consumers, desks, requireAdmin }: DeadLetterDeps): void {
  http.route({
    ...operation(listDeadLetters),
    onRequest: requireAdmin,
    handler: ({ query: { queue, broker, cursor, limit = defaultPageSize } }) => {
      const page = { cursor: cursor?.toLowerCase(), limit };
      if (queue === undefined) return listAll([...desks.values()], { broker, ...page });
      const wanted = readQueue(queue, broker, consumers, 'querystring');
      return listAll([deskOfConsumer(wanted)], { ...wanted, ...page });
    },
  });

  http.route({
    ...operation(getDeadLetter),
    onRequest: requireAdmin,
    handler: async ({ params }) => {
      const { desk, uuid } = deskOf(params.id);
      return known(await desk.find(uuid));
    },
  });

  http.route({
    ...operation(redriveDeadLetter),
    onRequest: requireAdmin,
    preValidation: emptyBodyIsNoWish,
    handler: async (request) => {
      const { payload, dryRun = false } = request.body;
      const { desk, uuid } = deskOf(request.params.id);
      return known(await desk.redrive(uuid, { payload, dryRun, who: whoAsks(request) }));
    },
  });

  http.route({
    ...operation(redriveDeadLetters),
    onRequest: requireAdmin,
    preValidation: emptyBodyIsNoWish,
    handler: (request) => {
      const { queue, broker, limit = defaultRedriveLimit, dryRun = false } = request.body;
      const wanted = readQueue(queue, broker, consumers, 'body');
      return deskOfConsumer(wanted).redriveMany({ ...wanted, limit, dryRun, who: whoAsks(request) });
    },
  });

  http.route({
    ...operation(discardDeadLetter),
    onRequest: requireAdmin,
    handler: async (request) => {
      const { desk, uuid } = deskOf(request.params.id);
      return known(await desk.discard(uuid, whoAsks(request)));
    },
  });

  function deskOf(id: string): { readonly desk: DeadLetterDesk; readonly uuid: string } {
    const uuid = uuidOf({ id });
    const desk = desks.get(id.slice(0, -uuid.length - 1));
    if (!desk || !isUuid(uuid)) throw unknownLetter();
    return { desk, uuid: uuid.toLowerCase() };
  }

  function deskOfConsumer({ consumer }: LettersOf): DeadLetterDesk {
    const desk = desks.get(consumer.slice(0, consumer.indexOf('.')));
    if (!desk) throw new Problem(500, `nobody answers for the dead letters of ${consumer}`);
    return desk;
  }
}

/** Where every field may be left out, so may the whole; where one may not, it is missed by its name. */
async function emptyBodyIsNoWish(request: { body: unknown }): Promise<void> {
  request.body ??= {};
}

const saneOperator = /^[\w@+-][\w.@+ -]{0,63}$/;

/** For the audit trail: the name that the bearer of the token gives, if it is a sane one, else where he is. */
function whoAsks({ headers, ip }: FastifyRequest): string {
  const operator = headers['x-operator'];
  return typeof operator === 'string' && saneOperator.test(operator) ? operator : `admin ${ip}`;
}

function known<Found>(found: Found | undefined): Found {
  if (found === undefined) throw unknownLetter();
  return found;
}

function unknownLetter(): Problem {
  return notFound('there is no dead letter with this id', '/id');
}
