import { InfrastructureFault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { Client, errors } from '@elastic/elasticsearch';

/** A client that repeats nothing by itself: whoever asks knows how long it is worth while. */
export function openElasticsearch(url: string): Client {
  return new Client({ node: url, maxRetries: 0, requestTimeout: 10_000 });
}

/** For what is asked all the time on nobody's behalf: it belongs to no trace. */
export const untraced = { openTelemetry: { enabled: false } };

/** Rejects when the cluster does not answer, or has lost an index. A yellow one lacks only replicas. */
export async function checkElasticsearch(client: Client): Promise<void> {
  const { status } = await client.cluster.health({ timeout: '1s' }, untraced);
  if (status === 'red') throw new Error('the cluster is red');
}

/**
 * What a failed call means for a message: that Elasticsearch is away, too busy (429), or has no such index (somebody deleted it)
 * is nobody's fault; that it refuses the request for good (400) is the fault of what was to be written.
 */
function asFault(error: unknown): Error {
  if (error instanceof errors.ResponseError && error.statusCode === 400) {
    return new PermanentFault('document-refused', error.message, { cause: error });
  }
  if (error instanceof errors.ElasticsearchClientError) {
    return new InfrastructureFault('elasticsearch-unavailable', error.message, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** The answer of Elasticsearch; a failure sorted into whose fault it is. */
export async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw asFault(error);
  }
}
