import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newMessageId } from '@conveyor/brokers';
import { fieldProblem } from '@conveyor/contracts';
import type { Route } from '@conveyor/contracts/http';
import { newTraceparent, nextTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { context } from '@opentelemetry/api';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
  type RawServerDefault,
} from 'fastify';
import type { Logger } from './logger.ts';
import { nestsDeeperThan } from './nesting.ts';
import { answerWithProblem, badRequest, notFound, Problem, problemDetails } from './problems.ts';
import { withAtHand } from './telemetry/at-hand.ts';
import { contextIn, orderIdIn, startRequestSpan } from './telemetry/request-spans.ts';
import { traceparentOf } from './telemetry/spans.ts';
import { compileValidator } from './validation.ts';

export type Http = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's `x-correlation-id` if it is a sane one, else a new id. */
    correlationId: string;
    traceparent: string;
  }
}

/** Levels of objects and arrays: far more than any message has. */
const deepestBody = 100;

const saneCorrelationId = /^[A-Za-z0-9._:-]{1,128}$/;

/** An HTTP server with the project's manners: typebox validation, problem+json, correlation on every reply. */
export function createHttp(log: Logger, { requestTimeoutMs = 30_000 } = {}): Http {
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_048_576,
    // From the first byte of a request to its last: a client that sends them one by one does not hold a connection for long.
    requestTimeout: requestTimeoutMs,
    http: {
      // Node takes the smaller of the two for the headers and the greater for the whole, whichever is called what.
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / 10,
      // A hook sees to that, and answers in our manner.
      requireHostHeader: false,
    },
    return503OnClosing: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // What fails before any hook has run: a path that cannot be decoded, a parameter of a kilobyte.
    frameworkErrors: (error, request, reply) => {
      correlate(request, reply);
      answerWithProblem(error, request, reply);
    },
    clientErrorHandler: answerMalformedRequest,
    routerOptions: { maxParamLength: 256 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  // JSON is all that is spoken here; anything else is 415. Many clients call an empty body JSON, too: a route that
  // needs one has a schema that says so.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null);
    if (nestsDeeperThan(deepestBody, body)) return done(tooDeep());
    return parseJson(request, body, done);
  });
  app.decorateRequest('correlationId', '');
  app.decorateRequest('traceparent', '');
  app.addHook('onRequest', (request, reply, done) => {
    const within = correlate(request, reply);
    // Fastify sees to it that this holds for what comes after the body, too, which may be read much later.
    within(done);
  });
  // Node would answer these by itself; so they come like any other request, to the hook that refuses them.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  // After those that count and those that ask for a token.
  app.addHook('preParsing', (request, _reply, payload, done) => done(unmetByHttp(request), payload));
  letClientsLeave(app);
  app.setValidatorCompiler(compileValidator);
  app.setErrorHandler(answerWithProblem);
  app.setNotFoundHandler(() => {
    throw notFound('no such resource');
  });
  return app;
}

function tooDeep(): Problem {
  const detail = `must not nest deeper than ${deepestBody} levels`;
  return badRequest([fieldProblem('/body', detail)], 'body');
}

/** What is wrong with a request that Node can read, but HTTP/1.1 does not allow (RFC 9110, 7.2 and 10.1.1). */
function unmetByHttp({ headers: { host, expect }, raw }: FastifyRequest): Problem | undefined {
  if (raw.httpVersion !== '1.1') return undefined;
  if (host === undefined) return badRequest([fieldProblem('/host', 'must be given')], 'headers');
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return new Problem(417, 'nothing but 100-continue can be expected here', [
    fieldProblem('/expect', 'must be 100-continue'),
  ]);
}

/** A connection that is kept open after its answer would hold up a stop. By itself Fastify closes only those of requests that come later. */
function letClientsLeave(app: Http): void {
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done();
  });
}

/** Does what follows with the request at hand: its ids stand on log lines, its span is the one that is active. */
type Within = (work: () => void) => void;

/** Takes the client's correlation id over if it is a sane one, and puts ids on the reply. */
function correlate(request: FastifyRequest, reply: FastifyReply): Within {
  const given = request.headers['x-correlation-id'];
  request.correlationId = typeof given === 'string' && saneCorrelationId.test(given) ? given : newMessageId();
  const parent = request.headers['traceparent'];
  const span = startRequestSpan(request, reply);
  request.traceparent = span
    ? traceparentOf(span)
    : nextTraceparent(typeof parent === 'string' ? parent : undefined);
  const { correlationId, traceparent } = request;
  const atHand = { correlationId, traceparent, orderId: orderIdIn(request.routeOptions.url, request.params) };
  reply.headers({ 'x-correlation-id': request.correlationId, traceparent: request.traceparent });
  return (work) => context.with(contextIn(span), () => withAtHand(atHand, work));
}

/** What Node says of a request that it gave up; of any other it could not make sense. */
const unparsed: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not come to its end in time'],
};

/** Node keeps the answer that is under way on its socket, and has no other name for it. */
interface ServedSocket extends Socket {
  readonly _httpMessage?: ServerResponse | null;
}

/**
 * What Node cannot even parse as HTTP gets an answer in the same manner, by hand: there is no reply object. Then the connection is
 * closed, whether the client closes its end or not.
 */
function answerMalformedRequest(error: { readonly code: string }, socket: ServedSocket): void {
  // In the middle of an answer a second one would be taken for a part of it.
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const [status, detail] = unparsed[error.code] ?? ([400, 'this is not a request that HTTP knows'] as const);
  const body = JSON.stringify(problemDetails(new Problem(status, detail)));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-correlation-id: ${newMessageId()}`,
    `traceparent: ${newTraceparent()}`,
    'connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** What Fastify needs to serve `route`; spread it beside the handler, and types follow from the contract. */
export function operation<R extends Route>(
  route: R,
): { method: R['method']; url: R['path']; schema: R['schema'] } {
  return { method: route.method, url: route.path, schema: route.schema };
}
