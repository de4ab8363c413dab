import { project, type Sequenced, type Versioned } from './projection.ts';

/** Where the documents are. */
export interface ReadModel<Document> {
  /** Those of `streamIds` that there are, as they were last written, searchable yet or not. */
  find(streamIds: readonly string[]): Promise<ReadonlyMap<string, Document>>;
  /**
   * Writes whole documents, each only if there is none of the same or a later version: then whatever is written twice, or
   * late by somebody who has been replaced, changes nothing. Resolves when all are durable.
   */
  write(documents: ReadonlyMap<string, Document>): Promise<void>;
}

/** Applies a batch, and says which of it was applied and before which events one is missing. It may be repeated. */
export type ProjectBatch<Event> = (
  events: readonly Event[],
) => Promise<{ readonly applied: readonly Event[]; readonly gaps: readonly Event[] }>;

/**
 * A projection that writes one document for each stream in a batch, however many events of it there are. The last `remembered`
 * documents are kept at hand, so that the next event of a stream costs no question.
 */
export function batchProjection<Event extends Sequenced, Document extends Versioned>(
  readModel: ReadModel<Document>,
  evolve: (document: Document | undefined, event: Event) => Document,
  remembered = 5_000,
): ProjectBatch<Event> {
  const known = new Map<string, Document>();

  return async (events) => {
    const found = await readModel.find(unknownOf(events, known));
    // What is at hand may be older than what is found: another process may have gone on with the stream meanwhile.
    const current = (streamId: string) => found.get(streamId) ?? known.get(streamId);
    const { changed, applied, gaps } = project(current, events, evolve);
    if (changed.size > 0) await readModel.write(changed);
    for (const [streamId, document] of changed) {
      known.delete(streamId);
      known.set(streamId, document);
    }
    for (const streamId of known.keys()) {
      if (known.size <= remembered) break;
      known.delete(streamId);
    }
    return { applied, gaps };
  };
}

/** The streams with an event that does not follow on what is at hand and in the batch before it. One that begins here needs no question. */
function unknownOf(events: readonly Sequenced[], known: ReadonlyMap<string, Versioned>): readonly string[] {
  const reached = new Map<string, number>();
  const unknown = new Set<string>();
  for (const { streamId, version } of events) {
    const before = reached.get(streamId) ?? known.get(streamId)?.version ?? 0;
    if (version > before + 1) unknown.add(streamId);
    reached.set(streamId, Math.max(before, version));
  }
  return [...unknown];
}
