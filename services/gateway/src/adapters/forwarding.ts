import type { Route } from '@conveyor/contracts/http';
import type { Http } from '@conveyor/service-kit/http';
import { notFound, Problem, problemDetails } from '@conveyor/service-kit/problems';
import replyFrom from '@fastify/reply-from';
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';

/** Longer than the longest `wait` of the contract. */
const upstreamTimeoutMs = 75_000;

/** What a client says to the gateway alone: its token, and what is about its own connection (RFC 9110, 7.6.1). */
const keptHere: ReadonlySet<string> = new Set(['authorization', 'expect', 'keep-alive', 'upgrade']);

/** Where each service listens. */
export type Upstreams = Readonly<Record<Exclude<Route['service'], 'gateway'>, string>>;

/**
 * Passes public routes on to the services that own them, bodies untouched: the owner validates, and
 * answers for what it says. The schemas serve the documentation.
 */
export async function forwardRoutes(
  http: Http,
  routes: readonly Route[],
  upstreams: Upstreams,
  requireAdmin: onRequestAsyncHookHandler,
): Promise<void> {
  await http.register(async (scope) => {
    await scope.register(replyFrom, {
      contentTypesToEncode: [],
      disableRequestLogging: true,
      // Each client that waits for its order's end holds a connection; they must not keep the others out.
      undici: { connections: 4096, headersTimeout: upstreamTimeoutMs, bodyTimeout: upstreamTimeoutMs },
    });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setValidatorCompiler(() => (value) => ({ value }));

    for (const { method, path, service, admin, schema } of routes) {
      if (service === 'gateway') continue;
      scope.route({
        method,
        url: path,
        schema,
        ...(admin ? { onRequest: requireAdmin } : {}),
        handler: (request, reply) =>
          forward(request, reply, `${upstreams[service]}${targetPath(path, request)}`),
      });
    }
  });
}

/**
 * The path of `route` with the request's parameters in it. It is made anew, not taken over: a client could
 * write one (`..\\..\\internal`) that a URL parser turns into another route of the service.
 */
function targetPath(route: string, request: FastifyRequest): string {
  const params = request.params as Readonly<Record<string, string>>;
  return route.replaceAll(/:(\w+)/g, (_match, name: string) => {
    const value = params[name] ?? '';
    if (value === '' || value === '.' || value === '..') throw notFound('no such resource', `/${name}`);
    return encodeURIComponent(value);
  });
}

function forward(request: FastifyRequest, reply: FastifyReply, target: string): FastifyReply {
  return reply.from(target, {
    rewriteRequestHeaders: (_request, headers) => ({
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => !keptHere.has(name))),
      'x-correlation-id': request.correlationId,
      traceparent: request.traceparent,
    }),
    // Repeating is for clients to decide: only they know whether they sent an idempotency key.
    retryDelay: () => null,
    onError: (failed) => {
      const problem = new Problem(
        503,
        'the service behind this does not answer; nothing is known of the outcome',
        [],
        1,
      );
      failed
        .status(503)
        .header('retry-after', '1')
        .type('application/problem+json')
        .send(JSON.stringify(problemDetails(problem)));
    },
    ...(Buffer.isBuffer(request.body)
      ? { body: request.body, contentType: request.headers['content-type'] ?? 'application/octet-stream' }
      : {}),
  });
}
