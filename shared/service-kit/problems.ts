import { STATUS_CODES } from 'node:http';
import { type FieldProblem, fieldProblem } from '@conveyor/contracts';
import type { ProblemDetails } from '@conveyor/contracts/http';
import { classify } from '@conveyor/patterns/dead-letter-queue/failure';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** An answer to the client other than success; becomes `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly fields: readonly FieldProblem[];
  /** Seconds for the `Retry-After` header. */
  readonly retryAfter: number | undefined;

  constructor(status: number, detail: string, fields: readonly FieldProblem[] = [], retryAfter?: number) {
    super(detail);
    this.status = status;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }
}

/** 400: `part` of the request has a wrong shape. What is wrong with all of it is named by it. */
export function badRequest(problems: readonly FieldProblem[], part: string): Problem {
  const fields = problems.map((problem) => ({ ...problem, field: problem.field || part }));
  return new Problem(400, fields.map(({ field, detail }) => `${field} ${detail}`).join('; '), fields);
}

/** 422: the shape is right, the content cannot be accepted. `path` as in a JSON pointer. */
export function unprocessable(path: string, detail: string): Problem {
  const field = fieldProblem(path, detail);
  return new Problem(422, `${field.field} ${detail}`, [field]);
}

export function notFound(detail: string, path?: string): Problem {
  return new Problem(404, detail, path ? [fieldProblem(path, detail)] : []);
}

export function conflict(detail: string, path?: string): Problem {
  return new Problem(409, detail, path ? [fieldProblem(path, detail)] : []);
}

/** 503: come again in `retryAfter` seconds. */
export function unavailable(detail: string, retryAfter: number): Problem {
  return new Problem(503, detail, [], retryAfter);
}

/** The body that describes `problem`. */
export function problemDetails(problem: Problem): ProblemDetails {
  return {
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    ...(problem.fields[0] ? { field: problem.fields[0].field, errors: [...problem.fields] } : {}),
  };
}

/** Fastify's error handler: own problems as they are, Fastify's client errors by their status, all else 500 without a detail. */
export function answerWithProblem(
  error: FastifyError | Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = toProblem(error);
  if (problem.status >= 500 && !(error instanceof Problem)) {
    request.log.error({ err: error, correlation_id: request.correlationId }, 'a request failed');
  }
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter);
  return reply
    .status(problem.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemDetails(problem));
}

function toProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  const status = error.statusCode ?? 500;
  // The database is away or overrun: the same request may succeed in a moment.
  if (status >= 500 && classify(error) === 'infrastructure') {
    return unavailable('the service is not able to answer now; nothing is known of the outcome', 1);
  }
  if (status >= 500) return new Problem(500, 'the server failed; nothing is known to have changed');
  // Fastify's parsers of bodies: everything else was refused by a schema and names its field.
  const isBody = error.code?.startsWith('FST_ERR_CTP_') || error instanceof SyntaxError;
  const fields = status === 400 && isBody ? [fieldProblem('/body', error.message)] : [];
  return new Problem(status, error.message, fields);
}
