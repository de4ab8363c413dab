interface Stated {
  readonly version: number;
  readonly readableBy?: number;
}

interface Payment {
  readonly amount: number;
  readonly currency: string;
}

const newest = 2;

export function read(
  { version, readableBy = version }: Stated,
  body: { readonly amount?: unknown; readonly currency?: unknown },
): Payment | 'dead letter' {
  if (readableBy > newest) return 'dead letter';
  const currency = version === 1 ? 'EUR' : body.currency;
  if (!Number.isSafeInteger(body.amount) || typeof currency !== 'string') return 'dead letter';
  return { amount: Number(body.amount), currency };
}
