export interface NamedSource {
  readonly name: string;
  /** With the comment before it. */
  readonly source: string;
}

/**
 * The functions and constants at the top level of a source file, as they stand there. For showing, so by layout: the
 * formatter puts the end of each into the first column.
 */
export function functionsIn(text: string): readonly NamedSource[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const [, name] = /^(?:export )?(?:async )?(?:function\*?|const|class) (\w+)/.exec(line) ?? [];
    if (!name) return [];
    const isOneLine = /;$/.test(line) && !/[{([]$/.test(line);
    const length = isOneLine ? 1 : lines.slice(at).findIndex((each) => /^[})\]]+;?$/.test(each)) + 1;
    if (length === 0) return [];
    return [{ name, source: [...commentBefore(lines, at), ...lines.slice(at, at + length)].join('\n') }];
  });
}

function commentBefore(lines: readonly string[], at: number): readonly string[] {
  if (!/\*\/$/.test(lines[at - 1] ?? '')) return [];
  const start = lines.slice(0, at).findLastIndex((line) => line.startsWith('/**'));
  return lines.slice(start, at);
}

/** Of a `proof.ts`, at its top level: what stands behind each `right: …`, and what is called right by its name. */
export function rightVersionsIn(proof: string): readonly NamedSource[] {
  const expressions = [...proof.matchAll(/^\s+right(?:,|:\s*(.+))$/gm)].map(
    ([, expression = 'right']) => expression,
  );
  const named = new Set(expressions.flatMap((expression) => expression.match(/[A-Za-z_]\w*/g) ?? []));
  return functionsIn(proof).filter(({ name }) => named.has(name) || name.startsWith('right'));
}
