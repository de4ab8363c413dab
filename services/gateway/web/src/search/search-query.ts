/** What is asked for, as it stands in the form. */
export interface Question {
  readonly q: string;
  readonly statuses: readonly string[];
  readonly customerId: string;
  readonly sku: string;
  /** In whole units, with decimals: "12.50". */
  readonly minTotal: string;
  readonly maxTotal: string;
  /** Days where the reader is: "2026-11-26". */
  readonly from: string;
  readonly to: string;
  readonly sort: string;
}

export const sorts = [
  { value: '-createdAt', title: 'Newest first' },
  { value: 'createdAt', title: 'Oldest first' },
  { value: '-total', title: 'Most expensive first' },
  { value: 'total', title: 'Cheapest first' },
  { value: '-updatedAt', title: 'Changed last' },
  { value: 'relevance', title: 'Best match' },
] as const;

export const nothingAsked: Question = {
  q: '',
  statuses: [],
  customerId: '',
  sku: '',
  minTotal: '',
  maxTotal: '',
  from: '',
  to: '',
  sort: '-createdAt',
};

/** As the API takes it. What is empty is not asked; the best match of no words is no order. */
export function asQuery(question: Question): Record<string, string | number | undefined> {
  const { q, statuses, customerId, sku, minTotal, maxTotal, from, to, sort } = question;
  const words = q.trim();
  return {
    q: words || undefined,
    status: statuses.join(',') || undefined,
    customerId: customerId.trim() || undefined,
    sku: sku.trim() || undefined,
    minTotal: inMinorUnits(minTotal),
    maxTotal: inMinorUnits(maxTotal),
    from: moment(from, '00:00'),
    to: moment(to, '23:59:59.999'),
    sort: sort === 'relevance' && !words ? undefined : sort,
  };
}

function inMinorUnits(amount: string): number | undefined {
  return amount === '' ? undefined : Math.round(Number(amount) * 100);
}

/** Undefined without a day, and with one that is none: while it is typed, its year may have five digits. */
function moment(day: string, time: string): string | undefined {
  if (day === '') return undefined;
  const at = new Date(`${day}T${time}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

export function toggled(statuses: readonly string[], status: string): readonly string[] {
  return statuses.includes(status) ? statuses.filter((each) => each !== status) : [...statuses, status];
}
