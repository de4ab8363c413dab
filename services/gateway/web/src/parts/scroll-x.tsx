import type { ReactNode } from 'react';

/** What may be wider than the page. It can be scrolled by keys, too, so it has to be reachable and have a name. */
export function ScrollX({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: only what has the focus can be scrolled by keys.
    <section className="scroll-x" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
