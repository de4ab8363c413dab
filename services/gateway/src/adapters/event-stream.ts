import { Readable } from 'node:stream';
import { whenGone } from '@conveyor/service-kit/client-gone';
import type { Http } from '@conveyor/service-kit/http';
import type { FastifyReply } from 'fastify';

/** Of what has been made ahead for a reader who is slow; then whoever makes it waits. */
const aheadBytes = 16_384;

/** Answers with Server-Sent Events, as `events` makes them. `signal` fires when the reader has gone, or the server stops. */
export type SendEvents = (
  reply: FastifyReply,
  events: (signal: AbortSignal) => AsyncIterable<string>,
) => FastifyReply;

/** To be called once for a server: its streams end when it stops. */
export function eventStreams(http: Http): SendEvents {
  const stopping = new AbortController();
  // An answer without an end would keep the server from closing.
  http.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });
  return (reply, events) => {
    const signal = AbortSignal.any([stopping.signal, whenGone(reply)]);
    return (
      reply
        .header('content-type', 'text/event-stream')
        .header('cache-control', 'no-store')
        // Kept open for another request, it would keep the server from closing.
        .header('connection', 'close')
        .send(Readable.from(events(signal), { objectMode: false, highWaterMark: aheadBytes }))
    );
  };
}
