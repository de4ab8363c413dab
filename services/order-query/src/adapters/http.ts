import { fieldProblem } from '@conveyor/contracts';
import {
  getProjection,
  type OrderPage,
  type ProjectionStatus,
  rebuildProjection,
  searchOrders,
} from '@conveyor/contracts/http';
import { InfrastructureFault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { whenGone } from '@conveyor/service-kit/client-gone';
import { type Http, operation } from '@conveyor/service-kit/http';
import { badRequest, unavailable } from '@conveyor/service-kit/problems';
import type { Found } from './order-reader.ts';
import { type Criteria, type Question, type Seen, understand, writeCursor } from './question.ts';

export interface SearchRoutes {
  readonly search: (criteria: Criteria) => Promise<Found>;
  /** Waits until a search finds a version of an order; false when it does not within `timeoutMs`, or `signal` fires before. */
  readonly seen: (seen: Seen, timeoutMs: number, signal: AbortSignal) => Promise<boolean>;
  readonly status: () => Promise<ProjectionStatus>;
  /** Begins to rebuild, unless somebody does already. */
  readonly rebuild: () => Promise<void>;
}

/**
 * `searchMs` is for the last look, the refresh and the search together, beyond the wait: so a search is answered before the gateway
 * gives it up.
 */
export function addSearchRoutes(
  http: Http,
  { search, seen, status, rebuild }: SearchRoutes,
  { searchMs = 10_000 } = {},
): void {
  http.route({
    ...operation(searchOrders),
    handler: async ({ query }, reply) => {
      const question = understand(query);
      if ('wrong' in question) {
        const { field, detail } = question.wrong;
        throw badRequest([fieldProblem(`/${field}`, detail)], 'querystring');
      }
      return unavailableIfAway(() => within(question.waitMs + searchMs, answer(question, whenGone(reply))));
    },
  });

  http.route({ ...operation(getProjection), handler: () => unavailableIfAway(status) });

  http.route({
    ...operation(rebuildProjection),
    handler: (_request, reply) =>
      unavailableIfAway(async () => {
        await rebuild();
        return reply.status(202).send(await status());
      }),
  });

  async function answer({ criteria, after, waitMs }: Question, gone: AbortSignal): Promise<OrderPage> {
    if (after && !(await seen(after, waitMs, gone)))
      throw unavailable('the version that `after` names is not here yet', 1);
    const { page, last } = await search(criteria).catch((error: unknown) => {
      throw criteria.behind && error instanceof PermanentFault ? noSuchPage() : error;
    });
    return { ...page, ...(last && { nextCursor: writeCursor(criteria.sort, last) }) };
  }
}

function noSuchPage(): Error {
  return badRequest([fieldProblem('/cursor', 'leads nowhere')], 'querystring');
}

/** With Elasticsearch away there is nothing to read; everything else of the system goes on. */
async function unavailableIfAway<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof InfrastructureFault)
      throw unavailable('the read side does not answer at the moment', 1);
    throw error;
  }
}

/** @throws InfrastructureFault when there is no answer after `ms`. */
async function within<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  const fault = new InfrastructureFault('elasticsearch-unavailable', `no answer within ${ms} ms`);
  const timer = setTimeout(() => late.reject(fault), ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
