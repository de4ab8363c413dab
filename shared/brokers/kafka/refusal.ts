/** Refusals that are the message's own fault. Others (rights, sequence numbers) pass when somebody mends something. */
const faultsOfMessages = [
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
];

/** The broker understood and said no. Repeating the same request at once cannot help. */
export function isRefusal(error: Error): boolean {
  const cause = causeOf(error);
  return cause.name === 'KafkaJSProtocolError' && 'retriable' in cause && cause.retriable === false;
}

/** The broker will never take the message, or not together with the others of its request. */
export function isForGood(error: Error): boolean {
  return isRefusal(error) && isOf(error, faultsOfMessages);
}

/** The member that asks is none any more, or of the group as it was before its partitions were dealt out anew. */
export function isOfFormerGeneration(error: unknown): boolean {
  return isOf(error, ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);
}

/** The partitions are being dealt out anew, or have been. kafkajs joins again for it. */
export function isRebalance(error: unknown): error is Error {
  return isOf(error, ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION']);
}

/** Whether the protocol calls it by one of these names. */
function isOf(error: unknown, types: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  const cause = causeOf(error);
  return 'type' in cause && types.includes(String(cause.type));
}

function causeOf(error: Error): Error {
  return error.cause instanceof Error ? error.cause : error;
}
