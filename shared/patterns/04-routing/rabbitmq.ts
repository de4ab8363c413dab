import type { Binding, Exchange } from '@conveyor/brokers/rabbitmq';

/** An exchange that compares routing keys with patterns: `*` is one word, `#` any number of words. */
export function topicExchange(name: string): Exchange {
  return { name, type: 'topic' };
}

/** An exchange that takes routing keys literally: for commands, which have one receiver. */
export function directExchange(name: string): Exchange {
  return { name, type: 'direct' };
}

/** Binds `queue` once per pattern. A message that matches several patterns still arrives once. */
export function bindAll(exchange: string, queue: string, patterns: readonly string[]): readonly Binding[] {
  return patterns.map((key) => ({ exchange, queue, key }));
}

/** The rule by which a topic exchange matches, for tests and pictures: RabbitMQ itself does the routing. */
export function matchesPattern(pattern: string, routingKey: string): boolean {
  return matchWords(wordsOf(pattern), wordsOf(routingKey));
}

/** An empty key has no word, not one empty word. */
function wordsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split('.');
}

function matchWords(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') {
    return matchWords(rest, words) || (words.length > 0 && matchWords(pattern, words.slice(1)));
  }
  return words.length > 0 && (first === '*' || first === words[0]) && matchWords(rest, words.slice(1));
}
