import { longestWaitSeconds, type Route } from '@conveyor/contracts/http';
import { whenGone } from '@conveyor/service-kit/client-gone';
import type { Http } from '@conveyor/service-kit/http';
import { unavailable } from '@conveyor/service-kit/problems';
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { Agent } from 'undici';

/** Whoever answers after the longest `wait` has some seconds more for it. */
const upstreamTimeoutMs = (longestWaitSeconds + 15) * 1_000;

/** What is about one connection alone (RFC 9110, 7.6.1), whichever way it goes. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What a client says to the gateway alone: its token, whom it takes it for, and how it sends the body, which is sent anew from here. */
const keptHere: ReadonlySet<string> = new Set(['authorization', 'content-length', 'expect', 'host']);

/** A line that came several times is a list. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

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
  const services = new Agent({
    // Each client that waits for its order's end holds a connection; they must not keep the others out.
    connections: 4096,
    headersTimeout: upstreamTimeoutMs,
    bodyTimeout: upstreamTimeoutMs,
  });
  await http.register(async (scope) => {
    scope.addHook('onClose', () => services.destroy());
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
        handler: (request, reply) => forward(services, upstreams[service], path, request, reply),
      });
    }
  });
}

async function forward(
  services: Agent,
  origin: string,
  route: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const gone = whenGone(reply);
  // Nothing is repeated: that is for clients to decide, who alone know whether they sent an idempotency key.
  const answer = await services
    .request({
      origin,
      path: targetPath(route, request),
      method: request.method,
      headers: {
        ...without(keptHere, passedOn(request.headers)),
        'x-correlation-id': request.correlationId,
        traceparent: request.traceparent,
      },
      body: Buffer.isBuffer(request.body) ? request.body : null,
      // Then nobody waits in the service either.
      signal: gone,
    })
    .catch((err: unknown) => {
      if (!gone.aborted) request.log.warn({ err }, 'a service does not answer');
      throw unavailable('the service behind this does not answer; nothing is known of the outcome', 1);
    });
  return reply.status(answer.statusCode).headers(passedOn(answer.headers)).send(answer.body);
}

/**
 * The path of `route` with the request's parameters in it, and the query as it came. The path is made anew, not taken over: a client
 * could write one (`..\\..\\internal`) that is another route of the service. It is sent as it stands here; no URL parser tidies it up.
 */
function targetPath(route: string, request: FastifyRequest): string {
  const params = request.params as Readonly<Record<string, string>>;
  const path = route.replaceAll(/:(\w+)/g, (_match, name: string) => encodeURIComponent(params[name] ?? ''));
  const query = request.url.indexOf('?');
  return query < 0 ? path : path + request.url.slice(query);
}

/** Without what is about one connection alone, by its nature or because `connection` names it. */
function passedOn(headers: Headers): Headers {
  const named = String(headers['connection'] ?? '')
    .toLowerCase()
    .split(/[\s,]+/);
  return without(new Set([...ofConnection, ...named]), headers);
}

function without(names: ReadonlySet<string>, headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)));
}
