import {
  type DeadLetterDetails,
  type DeadLetterList,
  type DiscardResult,
  ownDeadLetters as own,
  type ProblemDetails,
  type RedriveManyResult,
  type RedriveResult,
} from '@conveyor/contracts/http';
import type { DeadLetterDesk } from '@conveyor/service-kit/dead-letters/desk';
import { Problem, unavailable } from '@conveyor/service-kit/problems';
import { type Asked, askService } from './ask-service.ts';

/** Thousands of letters, a hundred in each transaction. */
const manyTimeLimitMs = 60_000;

/**
 * The desk of another service, which answers at `url`. One that does not answer is a problem that names it. What was
 * to be changed may have been, then; asked for again it has no second effect.
 */
export function remoteDesk(service: string, url: string): DeadLetterDesk {
  return {
    async list(query) {
      const list = await ask<DeadLetterList>(`${own.list.path}${queryString(query)}`);
      if (!list) throw away(service);
      return list;
    },
    find: (id) => ask<DeadLetterDetails>(pathOf(own.find.path, id)),
    redrive: (id, request) =>
      ask<RedriveResult>(pathOf(own.redrive.path, id), { method: 'POST', body: request }),
    async redriveMany(request) {
      const many = { method: 'POST', body: request, limitMs: manyTimeLimitMs } as const;
      const result = await ask<RedriveManyResult>(own.redriveMany.path, many);
      if (!result) throw away(service);
      return result;
    },
    discard: (id, who) =>
      ask<DiscardResult>(`${pathOf(own.discard.path, id)}${queryString({ who })}`, { method: 'DELETE' }),
  };

  /** Undefined: the service knows no such letter. */
  async function ask<Answer>(path: string, asked: Asked = {}): Promise<Answer | undefined> {
    const answer = await askService(`${url}${path}`, asked);
    if (answer?.status === 404) return undefined;
    // What it refuses, it gives a reason for.
    if (answer?.status === 413 || answer?.status === 422) throw asProblem(answer.body as ProblemDetails);
    if (!answer?.ok) throw away(service);
    return answer.body as Answer;
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
