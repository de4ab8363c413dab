import { STATUS_CODES } from 'node:http';
import { ProblemDetails, type Route } from '@conveyor/contracts/http';
import type { TSchema } from 'typebox';

/** An answer as OpenAPI writes it: without `content` it has no body. */
interface DocumentedAnswer {
  readonly description: string;
  readonly type?: 'null';
  readonly content?: Readonly<Record<string, { readonly schema: TSchema }>>;
}

/**
 * Every answer that an operation can give, each with its media type: what the contract says, and what is answered before its
 * handler is reached, whatever the operation.
 */
export function documentedAnswers(route: Route): Readonly<Record<string, DocumentedAnswer>> {
  const own = Object.entries(route.schema.response).map(
    ([status, schema]) => [status, answerOf(route, status, schema)] as const,
  );
  const before = refusalsBefore(route).map((status) => [status, problem(String(status))] as const);
  return Object.fromEntries([...before, ...own]);
}

/** Which statuses come from the parser of HTTP, the token, the rate limit, the router and the parser of bodies. */
function refusalsBefore({ method, path, admin, service }: Route): readonly number[] {
  const hasBody = method === 'POST' || method === 'PUT';
  return [
    400,
    408,
    417,
    429,
    431,
    ...(admin ? [401, 403] : []),
    ...(path.includes(':') ? [404, 414] : []),
    ...(hasBody ? [413, 415] : []),
    ...(service === 'gateway' ? [] : [503]),
  ];
}

function answerOf({ streams }: Route, status: string, schema: TSchema): DocumentedAnswer {
  if (schema === ProblemDetails) return problem(status);
  const description = (schema as { readonly description?: string }).description ?? nameOf(status);
  if ((schema as { readonly type?: string }).type === 'null') return { description, type: 'null' };
  const mediaType = streams && status === '200' ? 'text/event-stream' : 'application/json';
  return { description, content: { [mediaType]: { schema } } };
}

function problem(status: string): DocumentedAnswer {
  return {
    description: nameOf(status),
    content: { 'application/problem+json': { schema: ProblemDetails } },
  };
}

function nameOf(status: string): string {
  return STATUS_CODES[status] ?? status;
}
