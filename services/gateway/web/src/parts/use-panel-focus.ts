import { type RefObject, useEffect, useRef } from 'react';

interface PanelFocus {
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly close: () => void;
}

/** Leads whoever opens a panel by the keyboard to its heading, and whoever closes it back to what it was opened with. */
export function usePanelFocus(onClose: () => void): PanelFocus {
  const heading = useRef<HTMLHeadingElement>(null);
  const opener = useRef<Element>(null);
  useEffect(() => {
    // An effect may run twice, and then the heading has the focus already.
    opener.current ??= document.activeElement;
    heading.current?.focus();
  }, []);
  const close = () => {
    const { current } = opener;
    // What has left the page meanwhile takes no focus.
    if (current instanceof HTMLElement || current instanceof SVGElement) current.focus();
    onClose();
  };
  return { heading, close };
}
