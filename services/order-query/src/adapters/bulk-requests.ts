/** What one request may bring, in bytes: Elasticsearch refuses those that would take more than a tenth of its memory, at any time. */
const mostBytes = 5_000_000;

/**
 * Shares documents out over requests, in their order: each as two lines of a bulk request, and each request within the limit, but for
 * a document that is larger alone. A batch is limited by the size of its events, and a small event may make a large document be written.
 */
export function* bulkRequests<Document extends { readonly version: number }>(
  documents: ReadonlyMap<string, Document>,
  most = mostBytes,
): Generator<readonly string[]> {
  let lines: string[] = [];
  let bytes = 0;
  for (const [id, document] of documents) {
    // The version is the stream's: Elasticsearch refuses what is not newer than what it has.
    const action = JSON.stringify({
      index: { _id: id, version: document.version, version_type: 'external' },
    });
    const source = JSON.stringify(document);
    const more = Buffer.byteLength(action) + Buffer.byteLength(source) + 2;
    if (lines.length > 0 && bytes + more > most) {
      yield lines;
      [lines, bytes] = [[], 0];
    }
    lines.push(action, source);
    bytes += more;
  }
  if (lines.length > 0) yield lines;
}
