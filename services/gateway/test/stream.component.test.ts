import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { ProblemDetails } from '@conveyor/contracts/http';
import type { JournalEntry } from '@conveyor/contracts/messages';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { Bell } from '../src/adapters/bell.ts';
import { eventStreams } from '../src/adapters/event-stream.ts';
import { lastPlace } from '../src/adapters/journal.ts';
import { addStreamRoute, events } from '../src/adapters/stream.ts';
import { entry, recorded, startGateway } from './gateway.ts';

let gateway: Awaited<ReturnType<typeof startGateway>>;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway.stop());

const bell = new Bell();

async function happen(count: number): Promise<readonly JournalEntry[]> {
  const orderId = randomUUID();
  const entries = Array.from({ length: count }, (_, n) => entry(orderId, 'state', { detail: `${n}` }));
  await gateway.deliver(recorded(entries));
  bell.ring();
  return entries;
}

interface Heard {
  readonly id: string;
  readonly entry: JournalEntry;
}

function parse(text: string): readonly Heard[] {
  return [...text.matchAll(/^id: (\d+)\ndata: (.+)\n\n/gm)].map(([, id = '', data = '']) => ({
    id,
    entry: JSON.parse(data) as JournalEntry,
  }));
}

/** From where on it tells, and up to where there is something, as it is said to a script. */
const placeIn = (text: string) => /^event: place\ndata: (.+)\n\n/m.exec(text)?.[1];

/** A server of its own with the route; `open` reads from it until `count` entries have come. */
async function serve() {
  const http = createHttp(createLogger('gateway', 'silent'));
  addStreamRoute(http, { send: eventStreams(http), database: gateway.database, bell });
  const url = `${await http.listen({ host: '127.0.0.1', port: 0 })}/api/stream`;
  async function open(lastEventId?: string, after?: string) {
    const response = await fetch(`${url}?with=place${after ? `&after=${after}` : ''}`, {
      headers: lastEventId ? { 'last-event-id': lastEventId } : {},
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      response,
      async read(count: number): Promise<readonly Heard[]> {
        while (parse(text).length < count) {
          const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
          if (done) break;
          text += value;
        }
        return parse(text);
      },
      /** Where it begins, which it says before anything has happened. */
      async place(): Promise<{ readonly id: string; readonly from: number; readonly last: number }> {
        while (placeIn(text) === undefined)
          text += (await reader?.read())?.value ?? ok(false, 'the stream has ended');
        const { from, last } = JSON.parse(placeIn(text) ?? '');
        return { id: /^id: (\d+)\nretry: \d+\n\n/.exec(text)?.[1] ?? '', from, last };
      },
      /** All that is sent until it ends. */
      async whole(): Promise<string> {
        await this.read(Number.POSITIVE_INFINITY);
        return text;
      },
      close: () => reader?.cancel(),
    };
  }
  return { http, open };
}

test('entries are sent as they happen; whoever comes back misses none, and gets none twice', async (t) => {
  const { http, open } = await serve();
  t.after(() => http.close());
  await happen(3); // Before anybody listened.
  const stream = await open();
  strictEqual(stream.response.headers.get('content-type'), 'text/event-stream');
  await stream.place(); // From here on it misses nothing.
  const first = await happen(5);
  const heard = await stream.read(5);
  deepStrictEqual(
    heard.map(({ entry: each }) => each),
    first,
  );
  await stream.close();
  const missed = await happen(450);
  const again = await open(heard.at(-2)?.id);
  const rest = await again.read(451);
  deepStrictEqual(
    rest.map(({ entry: { id } }) => id),
    [first.at(-1)?.id, ...missed.map(({ id }) => id)],
  );
  await again.close();
});

test('whoever comes back before anything has happened misses nothing, however the place is said', async (t) => {
  const { http, open } = await serve();
  t.after(() => http.close());
  const quiet = await open();
  const { id, from, last } = await quiet.place();
  deepStrictEqual([String(from), last], [id, from]);
  await quiet.close();
  const missed = await happen(3);
  for (const again of [await open(id), await open(undefined, id)]) {
    deepStrictEqual(await again.place(), { id, from, last: await lastPlace(gateway.database) });
    const heard = await again.read(3);
    deepStrictEqual(
      heard.map(({ entry: each }) => each),
      missed,
    );
    await again.close();
  }
});

test('a place beyond the end, of a table that is no more, is the end', async (t) => {
  const { http, open } = await serve();
  t.after(() => http.close());
  const stream = await open('999999999');
  await stream.place();
  const [happened] = await happen(1);
  const [heard] = await stream.read(1);
  deepStrictEqual(heard?.entry, happened);
  await stream.close();
});

test('a reader who is slow gets more at once: what waits for him is in the table, not in memory', async () => {
  const { database } = gateway;
  const stopping = new AbortController();
  const last = await lastPlace(database);
  const stream = events({ database, bell }, last, stopping.signal);
  await stream.next(); // Where it begins.
  const missed: JournalEntry[] = [];
  for (let n = 0; n < 30; n++) missed.push(...(await happen(1)));
  const { value } = await stream.next();
  deepStrictEqual(
    parse(value ?? '').map(({ entry: each }) => each),
    missed,
  );
  stopping.abort();
});

test('a place that is no number is refused, and names the header', async (t) => {
  const { http, open } = await serve();
  t.after(() => http.close());
  const { response, ...answer } = await open('yesterday');
  strictEqual(response.status, 400);
  strictEqual(response.headers.get('content-type')?.startsWith('application/problem+json'), true);
  strictEqual((JSON.parse(await answer.whole()) as ProblemDetails).field, 'last-event-id');
});

test('a server that stops ends its streams', { timeout: 10_000 }, async () => {
  const { http, open } = await serve();
  const stream = await open();
  await http.close();
  deepStrictEqual(await stream.read(1), []);
});
