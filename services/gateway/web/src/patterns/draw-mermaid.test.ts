import { deepStrictEqual, ok, throws } from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { drawMermaid } from './draw-mermaid.ts';

const patterns = fileURLToPath(new URL('../../../../../shared/patterns/', import.meta.url));
const diagrams = globSync('*/README.md', { cwd: patterns }).flatMap((file) =>
  [...readFileSync(join(patterns, file), 'utf8').matchAll(/```mermaid\n(.*?)```/gs)].map(
    ([, text = '']) => [file, text] as const,
  ),
);

test('every picture of a chapter is drawn, and asks for nothing that the page may not have', () => {
  ok(diagrams.length > 15);
  for (const [file, text] of diagrams) {
    const svg = drawMermaid(text);
    ok(svg.startsWith('<svg '), file);
    ok(!/<style|\sstyle=|<script|@import/.test(svg), file);
    const [, ...others] = [...svg.matchAll(/https?:[^"]+/g)].map(([address]) => address);
    deepStrictEqual(others, [], file);
  }
});

test('what is no diagram is told of', () => {
  throws(() => drawMermaid('once upon a time'));
});
