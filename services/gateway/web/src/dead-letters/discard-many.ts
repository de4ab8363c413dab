interface DiscardPorts {
  /** The ids of some that wait, at most a page of them. */
  readonly list: () => Promise<readonly string[]>;
  /** Resolves with false for one that somebody has dealt with meanwhile. */
  readonly discard: (id: string) => Promise<boolean>;
}

/** Discards page after page until nothing is left that can be, and resolves with how many it were. */
export async function discardMany({ list, discard }: DiscardPorts): Promise<number> {
  for (let discarded = 0; ; ) {
    let ofPage = 0;
    for (const id of await list()) if (await discard(id)) ofPage += 1;
    discarded += ofPage;
    // What is left cannot be discarded; to ask for it again would go on for ever.
    if (ofPage === 0) return discarded;
  }
}
