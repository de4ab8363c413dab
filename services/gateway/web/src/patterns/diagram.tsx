import { useEffect, useState } from 'react';
import { CodeBlock } from '../parts/code-block.tsx';
import { ScrollX } from '../parts/scroll-x.tsx';

/** A picture of a chapter. What draws it is larger than the page, so it is fetched where there is something to draw. */
export function Diagram({ text }: { readonly text: string }) {
  const [svg, setSvg] = useState<string>();
  const [isText, setIsText] = useState(false);
  useEffect(() => {
    let isLeft = false;
    void import('./draw-mermaid.ts')
      .then(({ drawMermaid }) => drawMermaid(text))
      .then(
        (drawn) => !isLeft && setSvg(drawn),
        // The text says the same.
        () => !isLeft && setIsText(true),
      );
    return () => {
      isLeft = true;
    };
  }, [text]);
  if (isText) return <CodeBlock>{text}</CodeBlock>;
  return (
    <figure className="diagram">
      <ScrollX label="Picture; the text below says the same in Mermaid's notation">
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: drawn here, of a text that comes with the page's own code. */}
        <div className="diagram-picture" aria-hidden="true" dangerouslySetInnerHTML={{ __html: svg ?? '' }} />
      </ScrollX>
      <details className="small">
        <summary>As text</summary>
        <CodeBlock>{text}</CodeBlock>
      </details>
    </figure>
  );
}
