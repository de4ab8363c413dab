import type { ReactNode } from 'react';

/** What may be wider than the page. It can be scrolled by keys, too, so it has to be reachable and have a name. */
export function ScrollX({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no part of a form.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: only what has the focus can be scrolled by keys.
    <div className="scroll-x" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
