/** The views of the console, in the order of its menu. */
export const views = [
  { name: 'place', title: 'Place' },
  { name: 'orders', title: 'Order' },
  { name: 'flow', title: 'Flow' },
  { name: 'dead-letters', title: 'Dead letters' },
  { name: 'break', title: 'Break it' },
  { name: 'search', title: 'Search' },
  { name: 'patterns', title: 'Patterns' },
] as const;

export type ViewName = (typeof views)[number]['name'];

export interface Route {
  readonly view: ViewName;
  /** What of it: the id of an order, the name of a pattern. */
  readonly id?: string;
  readonly query: URLSearchParams;
}

/** `#/orders/42?from=search` → the view, its id and its query. What is no view leads to the first one. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', id] = path.split('/');
  const view = views.find((each) => each.name === name)?.name;
  if (view === undefined) return { view: 'place', query: new URLSearchParams() };
  return { view, ...(id && { id: decoded(id) }), query: new URLSearchParams(query) };
}

/** The address of a view, for links. */
export function hrefOf(view: ViewName, id?: string, query: Readonly<Record<string, string>> = {}): string {
  const asked = new URLSearchParams(query).toString();
  return `#/${view}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${asked && `?${asked}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
