import type { Route } from '@conveyor/contracts/http';
import type { Http } from '@conveyor/service-kit/http';
import { Problem, problemDetails } from '@conveyor/service-kit/problems';
import replyFrom from '@fastify/reply-from';
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';

/** Longer than the longest `wait` of the contract. */
const upstreamTimeoutMs = 75_000;

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
      undici: { connections: 128, headersTimeout: upstreamTimeoutMs, bodyTimeout: upstreamTimeoutMs },
    });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setValidatorCompiler(() => (value) => ({ value }));

    for (const { method, path, service, summary, admin, schema } of routes) {
      if (service === 'gateway') continue;
      scope.route({
        method,
        url: path,
        schema: { ...schema, summary, tags: [service], ...(admin ? { security: [{ admin: [] }] } : {}) },
        ...(admin ? { onRequest: requireAdmin } : {}),
        handler: (request, reply) => forward(request, reply, upstreams[service]),
      });
    }
  });
}

function forward(request: FastifyRequest, reply: FastifyReply, upstream: string): FastifyReply {
  return reply.from(`${upstream}${request.url}`, {
    rewriteRequestHeaders: (_request, { authorization: _kept, ...headers }) => ({
      ...headers,
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
