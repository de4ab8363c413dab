interface Driver {
  ack(): void;
  handBack(): void;
}

export async function settle(work: () => Promise<void>, driver: Driver): Promise<void> {
  try {
    await work();
  } catch {
    driver.handBack();
    return;
  }
  try {
    driver.ack();
  } catch {
    // The channel is gone, and the message comes again by itself: whoever does the work must stand that.
  }
}
