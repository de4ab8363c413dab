interface DiscardPorts {
  /** The ids of a page of those that wait, newest first, after those before `cursor`. */
  readonly list: (
    cursor: string | undefined,
  ) => Promise<{ readonly ids: readonly string[]; readonly nextCursor?: string | undefined }>;
  /** Resolves with false for one that somebody has dealt with meanwhile. */
  readonly discard: (id: string) => Promise<boolean>;
  /** Told after each, so that the number is known as well when it is broken off. */
  readonly onDiscarded: () => void;
  /** Aborted: none is discarded any more; the one under way is waited for. */
  readonly signal: AbortSignal;
}

/** Discards all that waited when it began, page after page: what arrives meanwhile is newer than the first page, and stays. */
export async function discardMany({ list, discard, onDiscarded, signal }: DiscardPorts): Promise<void> {
  let cursor: string | undefined;
  do {
    const { ids, nextCursor } = await list(cursor);
    for (const id of ids) {
      if (signal.aborted) return;
      if (await discard(id)) onDiscarded();
    }
    cursor = nextCursor;
  } while (cursor !== undefined && !signal.aborted);
}
