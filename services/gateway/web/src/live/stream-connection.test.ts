import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Source, StreamConnection } from './stream-connection.ts';

let opened: FakeSource[] = [];
let later: (() => void)[] = [];
let entries: string[] = [];
let gaps = 0;

/** What a browser would open, and nothing but what the test says comes of it. */
class FakeSource implements Source {
  readonly CLOSED = 2;
  readyState = 0;
  readonly url: string;
  readonly #listeners = new Map<string, (event: MessageEvent) => void>();

  constructor(url: string) {
    this.url = url;
    opened.push(this);
  }

  addEventListener(type: string, listener: (event: MessageEvent) => void): void {
    this.#listeners.set(type, listener);
  }

  say(type: string, data?: unknown, lastEventId = ''): void {
    this.#listeners.get(type)?.(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }));
  }

  close(): void {
    this.readyState = this.CLOSED;
  }
}

class FakePage extends EventTarget {
  hidden = false;

  show(isShown: boolean): void {
    this.hidden = !isShown;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

beforeEach(() => {
  opened = [];
  later = [];
  entries = [];
  gaps = 0;
});

function connect() {
  const page = new FakePage();
  const connection = new StreamConnection({
    openSource: (url) => new FakeSource(url),
    page,
    onEntry: (data) => entries.push(data),
    onGap: () => {
      gaps += 1;
    },
    later: (task) => later.push(task),
  });
  connection.open();
  return { connection, page };
}

const newest = () => opened.at(-1);

test('who looks away and comes back goes on where he was, also when nothing has happened before', () => {
  const { page } = connect();
  strictEqual(newest()?.url, '/api/stream?with=place');
  newest()?.say('place', { from: 7, last: 7 });
  page.show(false);
  strictEqual(newest()?.readyState, 2);
  page.show(true);
  strictEqual(newest()?.url, '/api/stream?with=place&after=7');
});

test('he goes on after the last entry that he has heard', () => {
  const { page } = connect();
  newest()?.say('place', { from: 7, last: 7 });
  newest()?.say('message', { id: 'a' }, '9');
  deepStrictEqual(entries, ['{"id":"a"}']);
  page.show(false);
  page.show(true);
  newest()?.say('place', { from: 9, last: 5_009 });
  strictEqual(gaps, 0);
  strictEqual(newest()?.url, '/api/stream?with=place&after=9');
});

test('who has missed thousands begins at the end, and is told that he has', () => {
  const { page } = connect();
  newest()?.say('place', { from: 7, last: 7 });
  page.show(false);
  page.show(true);
  const missed = newest();
  missed?.say('place', { from: 7, last: 50_000 });
  strictEqual(missed?.readyState, 2);
  deepStrictEqual(
    opened.map(({ url }) => url),
    ['/api/stream?with=place', '/api/stream?with=place&after=7', '/api/stream?with=place'],
  );
  newest()?.say('place', { from: 50_000, last: 50_000 });
  strictEqual(gaps, 1);
  page.show(false);
  page.show(true);
  strictEqual(newest()?.url, '/api/stream?with=place&after=50000');
});

test('a connection that the browser gives up is opened anew, but not while nobody looks', () => {
  const { connection, page } = connect();
  newest()?.say('open');
  strictEqual(connection.state(), 'open');
  newest()?.close();
  newest()?.say('error');
  strictEqual(connection.state(), 'lost');
  page.show(false);
  later.pop()?.();
  strictEqual(opened.length, 1);
  page.show(true);
  strictEqual(opened.length, 2);
});
