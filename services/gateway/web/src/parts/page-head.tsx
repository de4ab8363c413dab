import type { ReactNode } from 'react';

/** What this view is for, in a sentence or two. */
export function PageHead({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <header className="page-head">
      <h1>{title}</h1>
      <p>{children}</p>
    </header>
  );
}
