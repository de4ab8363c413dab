interface Event {
  readonly version: number;
  readonly type: 'paid-in' | 'paid-out';
  readonly amount: number;
}

interface Account {
  readonly version: number;
  readonly balance: number;
}

export function account(snapshot: Account, events: readonly Event[]): Account {
  let { version, balance } = snapshot;
  for (const event of events) {
    if (event.version <= version) continue;
    if (event.version > version + 1) throw new Error(`event ${version + 1} is missing`);
    balance += event.type === 'paid-in' ? event.amount : -event.amount;
    version = event.version;
  }
  return { version, balance };
}
