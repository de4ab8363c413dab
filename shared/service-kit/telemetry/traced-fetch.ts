import { SpanKind } from '@opentelemetry/api';
import { inSpan, isTracing, traceparentOf } from './spans.ts';

/** `fetch`; where spans are measured in one of its own, which whoever answers goes on from. */
export function tracedFetch(
  url: string | URL,
  init: RequestInit & { readonly method: string },
): Promise<Response> {
  if (!isTracing()) return fetch(url, init);
  const { method } = init;
  const target = new URL(url);
  const attributes = {
    'http.request.method': method,
    'server.address': target.hostname,
    'server.port': Number(target.port),
    'url.full': target.origin + target.pathname,
  };
  return inSpan(method, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const headers = new Headers(init.headers);
    headers.set('traceparent', traceparentOf(span));
    const response = await fetch(url, { ...init, headers });
    span.setAttribute('http.response.status_code', response.status);
    return response;
  });
}
