/** What the demonstration says: a line of its narration, or how it ended. */
export type DemoNews = { readonly line: string } | { readonly exitCode: number };

/**
 * Reads server-sent events from an answer as they come. An event may be cut anywhere between two pieces. What is no JSON, such
 * as a comment that keeps the connection open, is passed over.
 */
export async function* demoNews(pieces: AsyncIterable<string>): AsyncGenerator<DemoNews> {
  let rest = '';
  for await (const piece of pieces) {
    const events = `${rest}${piece}`.replaceAll('\r\n', '\n').split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) yield* newsIn(event);
  }
  yield* newsIn(rest);
}

function newsIn(event: string): readonly DemoNews[] {
  const data = event
    .split('\n')
    .flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length).trimStart()] : []))
    .join('\n');
  try {
    return [JSON.parse(data) as DemoNews];
  } catch {
    return [];
  }
}

/** The body of an answer as pieces of text. Not every browser can iterate over a stream. */
export async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    reader.releaseLock();
  }
}
