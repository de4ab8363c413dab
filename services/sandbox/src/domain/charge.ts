import type { Currency, PaymentToken } from '@conveyor/contracts';

/** What a merchant asks for. `amount` is in minor units; `key` makes repeating it harmless. */
export interface ChargeRequest {
  readonly key: string;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: Currency;
  readonly token: PaymentToken;
}

/** What the provider knows of one idempotency key. */
export interface ChargeRecord {
  readonly key: string;
  /** `open`: not decided yet. `forbidden` and `refunded`: voided, for ever. */
  readonly status: 'open' | 'charged' | 'declined' | 'forbidden' | 'refunded';
  /** How often the token has failed for the sake of the exercise. */
  readonly failedCalls: number;
  /** What the key was first used for; absent while it has not been used. */
  readonly request?: ChargeRequest;
}

export type ChargeAnswer = 'charged' | 'declined' | 'voided' | 'unavailable';

/** `amount` is what was given back: 0 where nothing had been charged. */
export type VoidAnswer =
  | { readonly outcome: 'forbidden'; readonly amount: 0; readonly currency?: Currency }
  | { readonly outcome: 'refunded'; readonly amount: number; readonly currency: Currency };

/** Money that moved, to be written into the ledger. */
export interface Movement {
  readonly kind: 'charge' | 'refund';
  readonly request: ChargeRequest;
}

interface Decision<Answer> {
  readonly record: ChargeRecord;
  readonly answer: Answer;
  readonly movement?: Movement;
}

const flakyFailures = 2;

/** One key, one body, one answer; once voided, never charged. `declining` is the fault of that name. */
export function decideCharge(
  known: ChargeRecord,
  request: ChargeRequest,
  declining: boolean,
): Decision<ChargeAnswer> | { readonly rejected: 'key-used-with-another-body' } {
  if (known.request && !isSame(known.request, request)) return { rejected: 'key-used-with-another-body' };
  if (known.status === 'forbidden' || known.status === 'refunded') return { record: known, answer: 'voided' };
  if (known.status !== 'open') return { record: known, answer: known.status };

  const record = { ...known, request };
  if (declining || request.token === 'tok_declined') {
    return { record: { ...record, status: 'declined' }, answer: 'declined' };
  }
  if (request.token === 'tok_flaky' && known.failedCalls < flakyFailures) {
    return { record: { ...record, failedCalls: known.failedCalls + 1 }, answer: 'unavailable' };
  }
  return {
    record: { ...record, status: 'charged' },
    answer: 'charged',
    movement: { kind: 'charge', request },
  };
}

/** Makes sure that nothing is charged under the key: neither any more, nor ever. Repeating it changes nothing. */
export function decideVoid(known: ChargeRecord): Decision<VoidAnswer> {
  const { status, request } = known;
  if (request && (status === 'charged' || status === 'refunded')) {
    const answer = { outcome: 'refunded', amount: request.amount, currency: request.currency } as const;
    if (status === 'refunded') return { record: known, answer };
    return { record: { ...known, status: 'refunded' }, answer, movement: { kind: 'refund', request } };
  }
  return {
    record: { ...known, status: 'forbidden' },
    answer: { outcome: 'forbidden', amount: 0, ...(request && { currency: request.currency }) },
  };
}

function isSame(one: ChargeRequest, other: ChargeRequest): boolean {
  return (
    one.orderId === other.orderId &&
    one.amount === other.amount &&
    one.currency === other.currency &&
    one.token === other.token
  );
}
