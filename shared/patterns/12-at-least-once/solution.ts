interface Driver {
  ack(): void;
  handBack(): void;
}

/** When the channel is gone the message comes again by itself: whoever does the work must stand that. */
function unlessGone(say: () => void): void {
  try {
    say();
  } catch {
    // Nobody is left who could be told.
  }
}

export async function settle(work: () => Promise<void>, driver: Driver): Promise<void> {
  try {
    await work();
  } catch {
    unlessGone(() => driver.handBack());
    return;
  }
  unlessGone(() => driver.ack());
}
