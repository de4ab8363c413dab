import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { project } from './projection.ts';

interface Event {
  readonly streamId: string;
  readonly version: number;
}
interface Document {
  readonly version: number;
  readonly seen: string;
}

const events = (...ids: string[]): Event[] =>
  ids.map((id) => ({ streamId: id.slice(0, 1), version: Number(id.slice(1)) }));
const names = (some: readonly Event[]) => some.map(({ streamId, version }) => `${streamId}${version}`).join();

/** A document lists the versions that went into it. */
function evolve(document: Document | undefined, { version }: Event): Document {
  return { version, seen: `${document?.seen ?? ''}${version}` };
}

function projected(there: Readonly<Record<string, Document>>, ...ids: string[]) {
  const { changed, applied, gaps } = project((id) => there[id], events(...ids), evolve);
  return { changed: Object.fromEntries(changed), applied: names(applied), gaps: names(gaps) };
}

test('events of several streams go into their documents in turn', () => {
  deepStrictEqual(projected({}, 'a1', 'b1', 'a2', 'b2', 'a3'), {
    changed: { a: { version: 3, seen: '123' }, b: { version: 2, seen: '12' } },
    applied: 'a1,b1,a2,b2,a3',
    gaps: '',
  });
});

test('a document goes on where it was', () => {
  deepStrictEqual(projected({ a: { version: 2, seen: '12' } }, 'a3', 'a4').changed, {
    a: { version: 4, seen: '1234' },
  });
});

test('what has gone in already changes nothing, and counts as applied', () => {
  deepStrictEqual(projected({ a: { version: 2, seen: '12' } }, 'a1', 'a2', 'a3', 'a3'), {
    changed: { a: { version: 3, seen: '123' } },
    applied: 'a1,a2,a3,a3',
    gaps: '',
  });
});

test('a document stops where an event is missing, and the others go on', () => {
  deepStrictEqual(projected({ a: { version: 1, seen: '1' } }, 'a3', 'b1', 'a4'), {
    changed: { b: { version: 1, seen: '1' } },
    applied: 'b1',
    gaps: 'a3,a4',
  });
});

test('what was missing may come later in the batch, and the document goes on from there', () => {
  deepStrictEqual(projected({}, 'a1', 'a3', 'a2', 'a3'), {
    changed: { a: { version: 3, seen: '123' } },
    applied: 'a1,a2,a3',
    gaps: 'a3',
  });
});

test('a stream that does not begin at its beginning has no document', () => {
  deepStrictEqual(projected({}, 'a2'), { changed: {}, applied: '', gaps: 'a2' });
});
