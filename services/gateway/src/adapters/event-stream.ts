import { Readable } from 'node:stream';
import { whenGone } from '@conveyor/service-kit/client-gone';
import type { Http } from '@conveyor/service-kit/http';
import { unavailable } from '@conveyor/service-kit/problems';
import type { FastifyReply } from 'fastify';

/** Of what has been made ahead for a reader who is slow; then whoever makes it waits. */
const aheadBytes = 16_384;

/**
 * Answers with Server-Sent Events, as `events` makes them. `signal` fires when the reader has gone, or the server stops.
 * @throws Problem when too many streams are open.
 */
export type SendEvents = (
  reply: FastifyReply,
  events: (signal: AbortSignal) => AsyncIterable<string>,
) => FastifyReply;

/** Each asks the database once a second, even when nothing happens: so many at once take a fifth of one connection's time. */
const mostStreams = 200;
/** Seconds. A browser's tab that is no longer looked at gives its stream back. */
const comeBackIn = 5;

/** For one kind of streams: they end when the server stops, and of more than `mostOpen` the last are refused. */
export function eventStreams(http: Http, { mostOpen = mostStreams } = {}): SendEvents {
  let open = 0;
  const stopping = new AbortController();
  // An answer without an end would keep the server from closing.
  http.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });
  return (reply, events) => {
    if (open >= mostOpen) throw unavailable('as many streams are open as there may be', comeBackIn);
    const gone = whenGone(reply);
    if (!gone.aborted) {
      open += 1;
      gone.addEventListener('abort', () => {
        open -= 1;
      });
    }
    const signal = AbortSignal.any([stopping.signal, gone]);
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
