import { openStream } from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type Http, operation } from '@conveyor/service-kit/http';
import type { Bell } from './bell.ts';
import type { SendEvents } from './event-stream.ts';
import { entriesAfter, lastPlace, type PlacedEntry } from './journal.ts';

export interface StreamDeps {
  readonly database: Tx;
  /** Rung whenever this process has written entries. */
  readonly bell: Bell;
  readonly send: SendEvents;
}

/** Another instance writes entries, too, and rings no bell here. */
const lookMs = 1_000;
/** Something has to be sent now and then, or a proxy takes the connection for dead. */
const silentLooks = 15;
const atOnce = 200;
/** How long a browser waits before it comes back. */
const comeBackMs = 1_000;

/**
 * Every entry of the flight recorder as it happens. What is sent is read from the table, from the place up to which the reader
 * has it: so a slow one gets more at once instead of filling our memory, and one that comes back goes on where it was.
 */
export function addStreamRoute(http: Http, deps: StreamDeps): void {
  http.route({
    ...operation(openStream),
    // The answer is documented as text; what is sent is a stream, which no schema serializes.
    schema: { ...openStream.schema, response: {} },
    handler: async (request, reply) => {
      const given = request.headers['last-event-id'] ?? request.query.after;
      const last = await lastPlace(deps.database);
      // A place beyond the end is of a table that has been made anew since.
      const from = given === undefined ? last : Math.min(Number(given), last);
      const place = request.query.with === 'place' ? { from, last } : undefined;
      return deps.send(reply, (signal) => events(deps, from, signal, place));
    },
  });
}

/** After which place a reader begins, and which is the last one there is. */
interface Place {
  readonly from: number;
  readonly last: number;
}

/** In the format of Server-Sent Events, from after the place `from` until `signal` fires. Who wants to know where that is, is told `place`. */
export async function* events(
  { database, bell }: Pick<StreamDeps, 'database' | 'bell'>,
  from: number,
  signal: AbortSignal,
  place?: Place,
): AsyncGenerator<string> {
  // With its place, so that whoever has to come back before anything has happened misses nothing either.
  yield `id: ${from}\nretry: ${comeBackMs}\n\n`;
  // A browser keeps that to itself; a script hears of it by an event of its own.
  if (place) yield `event: place\ndata: ${JSON.stringify(place)}\n\n`;
  let silent = 0;
  for (let seq = from; !signal.aborted; ) {
    const { rings } = bell;
    const entries = await entriesAfter(database, seq, atOnce);
    const last = entries.at(-1);
    if (last) {
      seq = last.seq;
      silent = 0;
      yield entries.map(toEvent).join('');
      continue;
    }
    silent += 1;
    if (silent % silentLooks === 0) yield ': nothing new\n\n';
    await bell.wait(rings, lookMs, signal);
  }
}

function toEvent({ seq, entry }: PlacedEntry): string {
  return `id: ${seq}\ndata: ${JSON.stringify(entry)}\n\n`;
}
