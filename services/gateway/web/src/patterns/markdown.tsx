import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CodeBlock } from '../parts/code-block.tsx';
import { ScrollX } from '../parts/scroll-x.tsx';
import { chapterHref } from './chapter-links.ts';

interface MarkdownProps {
  readonly text: string;
  readonly patterns: readonly { readonly number: string; readonly name: string }[];
}

/** A chapter's README. The library makes elements, never raw HTML. */
export function Markdown({ text, patterns }: MarkdownProps) {
  return (
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      components={{
        ...parts,
        a: ({ href = '', children }) => {
          const target = chapterHref(href, patterns);
          // The code lies in the repository, not here: its name is worth reading all the same.
          return target ? <a href={target}>{children}</a> : <span>{children}</span>;
        },
      }}
    >
      {text}
    </ReactMarkdown>
  );
}

const parts: Components = {
  table: ({ children }) => (
    <ScrollX label="Table">
      <table>{children}</table>
    </ScrollX>
  ),
  pre: ({ children, node }) => {
    const code = <CodeBlock>{children}</CodeBlock>;
    const [block] = node?.children ?? [];
    const isDrawing = block?.type === 'element' && String(block.properties['className']).includes('mermaid');
    if (!isDrawing) return code;
    // What draws it is ten times as large as this page; in the repository it is drawn.
    return (
      <details>
        <summary>The picture, as Mermaid text</summary>
        {code}
      </details>
    );
  },
};

const plain: Components = { a: ({ children }) => <span>{children}</span> };

/** A sentence or two, without links. */
export function InlineMarkdown({ text }: { readonly text: string }) {
  return <ReactMarkdown components={plain}>{text}</ReactMarkdown>;
}
