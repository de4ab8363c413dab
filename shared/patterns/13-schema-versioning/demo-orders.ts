import type { Draft } from '@conveyor/patterns/demo';
import type { Upcaster, Version } from './versions.ts';

/** In cents: 0.1 + 0.2 is not 0.3 for a computer, 10 + 20 is 30. */
interface Order1 {
  readonly total: { readonly amount: number };
}

interface Order2 {
  readonly total: { readonly amount: number; readonly currency: string };
}

/** Paid in several currencies. */
interface Order3 {
  readonly parts: readonly Order2['total'][];
}

/** Before there was a currency, every order was in euros. */
const withCurrency = ({ total }: Order1): Order2 => ({ total: { ...total, currency: 'EUR' } });

const inParts = ({ total }: Order2): Order3 => ({ parts: [total] });

type Has = (data: { readonly total?: Partial<Order2['total']>; readonly parts?: unknown }) => boolean;

/** A schema would check this; any other way will do as well. */
function version(what: string, has: Has, upcast?: Upcaster): Version<string> {
  return {
    problemIn: (data) => (has(Object(data)) ? undefined : `there is no ${what}`),
    ...(upcast && { upcast }),
  };
}

const isAmount = (amount: unknown) => Number.isSafeInteger(amount);

/** What a consumer of the latest release knows. Older ones know only the first so many. */
export const versions: readonly Version<string>[] = [
  version('amount', ({ total }) => isAmount(total?.amount), withCurrency),
  version('currency', ({ total }) => isAmount(total?.amount) && Boolean(total?.currency), inParts),
  version('parts', ({ parts }) => Array.isArray(parts)),
];

export const schemaName = 'urn:demo:order.created';

/** What is being sent: without the place, which is that of the run. */
export type OrderDraft = Omit<Draft, 'to'>;

export const version1 = (subject: string, amount: number): OrderDraft =>
  draft(subject, { total: { amount } } satisfies Order1, 1);

/** Its readers of version 1 ignore the currency, and may: if it is the one that they take for granted. */
export const version2 = (subject: string, amount: number, currency: string): OrderDraft =>
  draft(subject, { total: { amount, currency } } satisfies Order2, 2, currency === 'EUR' ? 1 : undefined);

export const version3 = (subject: string, parts: Order3['parts']): OrderDraft =>
  draft(subject, { parts } satisfies Order3, 3);

function draft(subject: string, body: object, number: number, readableBy?: number): OrderDraft {
  return {
    type: 'order.created',
    subject,
    body: JSON.stringify(body),
    attributes: {
      dataschema: `${schemaName}:${number}`,
      ...(readableBy !== undefined && { readableby: String(readableBy) }),
    },
  };
}
