import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CodeBlock } from '../parts/code-block.tsx';
import { ScrollX } from '../parts/scroll-x.tsx';
import { chapterHref } from './chapter-links.ts';
import { Diagram } from './diagram.tsx';

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
    const [block] = node?.children ?? [];
    const isDiagram = block?.type === 'element' && String(block.properties['className']).includes('mermaid');
    const [text] = isDiagram ? block.children : [];
    return text?.type === 'text' ? <Diagram text={text.value} /> : <CodeBlock>{children}</CodeBlock>;
  },
};

const plain: Components = { a: ({ children }) => <span>{children}</span> };

/** A sentence or two, without links. */
export function InlineMarkdown({ text }: { readonly text: string }) {
  return <ReactMarkdown components={plain}>{text}</ReactMarkdown>;
}
