/** What is asked for, as in the address bar. */
export interface Question {
  readonly q: string;
  readonly statuses: readonly string[];
  readonly customerId: string;
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

export const nothingAsked: Question = { q: '', statuses: [], customerId: '', sort: '-createdAt' };

/** As the API takes it. What is empty is not asked; the best match of no words is no order. */
export function asQuery({ q, statuses, customerId, sort }: Question): Record<string, string | undefined> {
  const words = q.trim();
  return {
    q: words || undefined,
    status: statuses.join(',') || undefined,
    customerId: customerId.trim() || undefined,
    sort: sort === 'relevance' && !words ? undefined : sort,
  };
}

export function toggled(statuses: readonly string[], status: string): readonly string[] {
  return statuses.includes(status) ? statuses.filter((each) => each !== status) : [...statuses, status];
}
