import type { IncomingMessage, ServerResponse } from 'node:http';
import { newMessageId } from '@conveyor/brokers';
import type { Route } from '@conveyor/contracts/http';
import { nextTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  fastify,
  LogController,
  type RawServerDefault,
} from 'fastify';
import type { Logger } from './logger.ts';
import { answerWithProblem, notFound } from './problems.ts';
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

const saneCorrelationId = /^[A-Za-z0-9._:-]{1,128}$/;

/** An HTTP server with the project's manners: typebox validation, problem+json, correlation on every reply. */
export function createHttp(log: Logger): Http {
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_048_576,
    requestTimeout: 30_000,
    return503OnClosing: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: 256 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.decorateRequest('correlationId', '');
  app.decorateRequest('traceparent', '');
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers['x-correlation-id'];
    request.correlationId =
      typeof given === 'string' && saneCorrelationId.test(given) ? given : newMessageId();
    const parent = request.headers['traceparent'];
    request.traceparent = nextTraceparent(typeof parent === 'string' ? parent : undefined);
    reply.headers({ 'x-correlation-id': request.correlationId, traceparent: request.traceparent });
  });
  app.setValidatorCompiler(compileValidator);
  app.setErrorHandler(answerWithProblem);
  app.setNotFoundHandler(() => {
    throw notFound('no such resource');
  });
  return app;
}

/** What Fastify needs to serve `route`; spread it beside the handler, and types follow from the contract. */
export function operation<R extends Route>(
  route: R,
): { method: R['method']; url: R['path']; schema: R['schema'] } {
  return { method: route.method, url: route.path, schema: route.schema };
}
