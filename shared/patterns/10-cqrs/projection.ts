/** An event with its place in the stream of what it is about: 1, 2, 3, … without gaps. */
export interface Sequenced {
  readonly streamId: string;
  readonly version: number;
}

/** What a reader is shown of a stream. Its `version` is that of the last event that went into it. */
export interface Versioned {
  readonly version: number;
}

export interface Projected<Event, Document> {
  /** Stream → its whole document as it is now. */
  readonly changed: ReadonlyMap<string, Document>;
  /** In the order in which they came; of those that had gone into a document before, too. */
  readonly applied: readonly Event[];
  /** Those before which one is missing. Their documents stay as they were. */
  readonly gaps: readonly Event[];
}

/**
 * Folds events into documents: several of one stream in turn, each exactly once, none across a gap. That it is the next
 * one is told by its version, not by its arrival: what comes again is passed over, and where one is missing the document
 * stops, because a document that left out an event would look as good as any other and be wrong.
 */
export function project<Event extends Sequenced, Document extends Versioned>(
  current: (streamId: string) => Document | undefined,
  events: readonly Event[],
  evolve: (document: Document | undefined, event: Event) => Document,
): Projected<Event, Document> {
  const changed = new Map<string, Document>();
  const applied: Event[] = [];
  const gaps: Event[] = [];
  for (const event of events) {
    const { streamId, version } = event;
    const document = changed.get(streamId) ?? current(streamId);
    const at = document?.version ?? 0;
    if (version > at + 1) {
      gaps.push(event);
      continue;
    }
    if (version === at + 1) changed.set(streamId, evolve(document, event));
    applied.push(event);
  }
  return { changed, applied, gaps };
}
