import type { FastifyReply } from 'fastify';

/** Fires when nobody waits for the reply any more: it has been sent, or the client has gone. */
export function whenGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  // Not the request's: that is closed as soon as its body has been read.
  reply.raw.once('close', () => gone.abort());
  if (reply.raw.destroyed) gone.abort();
  return gone.signal;
}
