import {
  type DeadLetterDetails,
  type DeadLetterList,
  ownDeadLetters as own,
  type ProblemDetails,
  type RedriveManyResult,
  type RedriveResult,
} from '@conveyor/contracts/http';
import type { DeadLetterDesk } from '@conveyor/service-kit/dead-letters/desk';
import { Problem, unavailable } from '@conveyor/service-kit/problems';
import { tracedFetch } from '@conveyor/service-kit/telemetry/traced-fetch';

const timeLimitMs = 4_000;
/** Thousands of letters, a hundred in each transaction. */
const manyTimeLimitMs = 60_000;

/** What the service refuses with a reason of its own. */
const refusals: ReadonlySet<number> = new Set([409, 422]);

/**
 * The desk of another service, which answers at `url`. One that does not answer is a problem that names it. What was
 * to be changed may have been, then; asked for again it has no second effect.
 */
export function remoteDesk(service: string, url: string): DeadLetterDesk {
  return {
    async list(query) {
      const list = await ask<DeadLetterList>('GET', `${own.list.path}${queryString(query)}`);
      if (!list) throw away(service);
      return list;
    },
    find: (id) => ask<DeadLetterDetails>('GET', pathOf(own.find.path, id)),
    redrive: (id, request) => ask<RedriveResult>('POST', pathOf(own.redrive.path, id), request),
    async redriveMany(request) {
      const result = await ask<RedriveManyResult>('POST', own.redriveMany.path, request, manyTimeLimitMs);
      if (!result) throw away(service);
      return result;
    },
    discard: (id, who) => ask<true>('DELETE', `${pathOf(own.discard.path, id)}${queryString({ who })}`),
  };

  /** Undefined: the service knows no such letter. */
  async function ask<Answer>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: object,
    limitMs = timeLimitMs,
  ): Promise<Answer | undefined> {
    const sent = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    try {
      const response = await tracedFetch(`${url}${path}`, {
        method,
        signal: AbortSignal.timeout(limitMs),
        ...sent,
      });
      if (response.status === 404) return undefined;
      if (response.status === 204) return true as Answer;
      if (refusals.has(response.status)) throw asProblem((await response.json()) as ProblemDetails);
      if (!response.ok) throw away(service);
      return (await response.json()) as Answer;
    } catch (error) {
      throw error instanceof Problem ? error : away(service);
    }
  }
}

function away(service: string): Problem {
  return unavailable(`${service} does not answer for its dead letters`, 1);
}

function asProblem({ status, detail = '', errors = [] }: ProblemDetails): Problem {
  return new Problem(status, detail, errors);
}

function pathOf(path: string, id: string): string {
  return path.replace(':id', encodeURIComponent(id));
}

function queryString(query: object): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  return `?${params}`;
}
