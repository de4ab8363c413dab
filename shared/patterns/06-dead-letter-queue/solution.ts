interface Failed {
  readonly attempt: number;
  readonly kind: 'permanent' | 'transient' | 'infrastructure';
}

type Step =
  | { readonly do: 'wait'; readonly ms: number; readonly attempt: number }
  | { readonly do: 'set aside' }
  | { readonly do: 'repeat' };

export function afterFailure({ attempt, kind }: Failed, waitsMs: readonly number[]): Step {
  if (kind === 'infrastructure') return { do: 'repeat' };
  const ms = kind === 'permanent' ? undefined : waitsMs[attempt - 1];
  return ms === undefined ? { do: 'set aside' } : { do: 'wait', ms, attempt: attempt + 1 };
}
