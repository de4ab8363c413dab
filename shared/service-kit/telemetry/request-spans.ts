import { isUuid } from '@conveyor/contracts';
import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contextOf, isTracing, startSpan } from './spans.ts';

/** Asked every few seconds by whoever watches: they would bury everything else. */
const unmeasured = new Set(['/health', '/ready', '/metrics']);

/** The span of a request, a child of the one that the client names; it ends with the answer, or when the client has gone. */
export function startRequestSpan(
  { method, routeOptions, headers, params, correlationId, url }: FastifyRequest,
  reply: FastifyReply,
): Span | undefined {
  const route = routeOptions.url;
  if (!isTracing() || (route !== undefined && unmeasured.has(route))) return undefined;
  const given = headers['traceparent'];
  const span = startSpan(route === undefined ? method : `${method} ${route}`, {
    kind: SpanKind.SERVER,
    parent: contextOf(typeof given === 'string' ? given : undefined),
    attributes: {
      'http.request.method': method,
      'url.scheme': 'http',
      'url.path': url.split('?')[0] ?? url,
      ...(route !== undefined && { 'http.route': route }),
      correlation_id: correlationId,
    },
  });
  reply.raw.once('close', () => {
    const { statusCode } = reply.raw;
    const orderId = orderIdIn(route, params) ?? orderIdOfLocation(reply.getHeader('location'));
    span.setAttribute('http.response.status_code', statusCode);
    if (orderId !== undefined) span.setAttribute('order_id', orderId);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  return span;
}

export function contextIn(span: Span | undefined): Context {
  return span ? trace.setSpan(context.active(), span) : context.active();
}

/** The order that a request is about, by its path. */
export function orderIdIn(route: string | undefined, params: unknown): string | undefined {
  if (!route?.includes('/orders/:id')) return undefined;
  const { id } = params as { readonly id: string };
  return isUuid(id) ? id : undefined;
}

/** Of a request that has made one. */
function orderIdOfLocation(location: unknown): string | undefined {
  const id = typeof location === 'string' ? location.split('/orders/')[1] : undefined;
  return id !== undefined && isUuid(id) ? id : undefined;
}
