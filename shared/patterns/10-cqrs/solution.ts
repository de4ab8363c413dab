interface Event {
  readonly version: number;
  readonly status: string;
}

interface Document {
  readonly version: number;
  readonly statuses: readonly string[];
}

export function next(document: Document | undefined, { version, status }: Event): Document | 'gap' {
  const { version: at, statuses } = document ?? { version: 0, statuses: [] };
  if (version > at + 1) return 'gap';
  if (document && version <= at) return document;
  return { version, statuses: [...statuses, status] };
}
