import type { HTMLAttributes, Ref } from 'react';

type CodeBlockProps = HTMLAttributes<HTMLPreElement> & { readonly ref?: Ref<HTMLPreElement> };

/** Text as it is, line by line, in a block that scrolls. By keys, too, so it has to be reachable. */
export function CodeBlock({ className, children, ...others }: CodeBlockProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: only what has the focus can be scrolled by keys.
    <pre className={['code', className].filter(Boolean).join(' ')} tabIndex={0} {...others}>
      {children}
    </pre>
  );
}
