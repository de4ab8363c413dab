import type { ReactNode } from 'react';
import { inWords } from '../api/problem.ts';

/** What went wrong; nothing when nothing did. */
export function ErrorNotice({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  if (error === undefined) return null;
  return (
    <div className="notice is-bad row is-apart" role="alert">
      <span>{typeof error === 'string' ? error : inWords(error)}</span>
      {retry && (
        <button type="button" className="button is-small" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p className="empty" role="status">
      Loading {what} …
    </p>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <div className="empty">{children}</div>;
}
