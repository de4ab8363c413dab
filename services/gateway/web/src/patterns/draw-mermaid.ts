import { renderMermaidSVG } from 'beautiful-mermaid';

/**
 * A diagram in Mermaid's notation as an SVG. It brings neither styles of its own, which the page's policy would refuse, nor a font
 * from elsewhere: its colours are variables that the stylesheet sets, so they change with the theme.
 *
 * @throws Error when it cannot be read
 */
export function drawMermaid(text: string): string {
  return renderMermaidSVG(text, { padding: 8, layerSpacing: 18 })
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/(<svg [^>]*?) style="[^"]*"/, '$1');
}
