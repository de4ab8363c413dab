interface Binding {
  readonly queue: string;
  readonly pattern: string;
}

const wordsOf = (text: string) => (text === '' ? [] : text.split('.'));

function matches([pattern, ...patterns]: readonly string[], words: readonly string[]): boolean {
  if (pattern === undefined) return words.length === 0;
  const [word, ...rest] = words;
  // Either # takes no more words, or it takes this one and goes on.
  if (pattern === '#')
    return matches(patterns, words) || (word !== undefined && matches(['#', ...patterns], rest));
  return word !== undefined && (pattern === '*' || pattern === word) && matches(patterns, rest);
}

export function queuesFor(
  bindings: readonly Binding[],
  routingKey: string,
): readonly string[] | 'unroutable' {
  const bound = bindings.filter(({ pattern }) => matches(wordsOf(pattern), wordsOf(routingKey)));
  const queues = [...new Set(bound.map(({ queue }) => queue))];
  return queues.length > 0 ? queues.toSorted() : 'unroutable';
}
