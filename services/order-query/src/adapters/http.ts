import { fieldProblem } from '@conveyor/contracts';
import {
  getProjection,
  type ProjectionStatus,
  rebuildProjection,
  searchOrders,
} from '@conveyor/contracts/http';
import { InfrastructureFault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { type Http, operation } from '@conveyor/service-kit/http';
import { badRequest, unavailable } from '@conveyor/service-kit/problems';
import { type Criteria, type Seen, understand, writeCursor } from './question.ts';
import type { Found } from './search-orders.ts';

export interface SearchRoutes {
  readonly search: (criteria: Criteria) => Promise<Found>;
  /** Waits until a search finds a version of an order; false when it does not within `timeoutMs`. */
  readonly seen: (seen: Seen, timeoutMs: number) => Promise<boolean>;
  readonly status: () => Promise<ProjectionStatus>;
  /** Begins to rebuild, unless somebody does already. */
  readonly rebuild: () => Promise<void>;
}

export function addSearchRoutes(http: Http, { search, seen, status, rebuild }: SearchRoutes): void {
  http.route({
    ...operation(searchOrders),
    handler: async ({ query }) => {
      const question = understand(query);
      if ('wrong' in question) {
        const { field, detail } = question.wrong;
        throw badRequest([fieldProblem(`/${field}`, detail)], 'querystring');
      }
      const { criteria, after, waitMs } = question;
      return told(async () => {
        if (after && !(await seen(after, waitMs)))
          throw unavailable('the version that `after` names is not here yet', 1);
        const { page, last } = await search(criteria).catch((error: unknown) => {
          throw criteria.behind && error instanceof PermanentFault ? noSuchPage() : error;
        });
        return { ...page, ...(last && { nextCursor: writeCursor(criteria.sort, last) }) };
      });
    },
  });

  http.route({ ...operation(getProjection), handler: () => told(status) });

  http.route({
    ...operation(rebuildProjection),
    handler: (_request, reply) =>
      told(async () => {
        await rebuild();
        return reply.status(202).send(await status());
      }),
  });
}

function noSuchPage(): Error {
  return badRequest([fieldProblem('/cursor', 'leads nowhere')], 'querystring');
}

/** With Elasticsearch away there is nothing to read; everything else of the system goes on. */
async function told<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof InfrastructureFault)
      throw unavailable('the read side does not answer at the moment', 1);
    throw error;
  }
}
