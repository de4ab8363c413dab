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
  const cause = causeOf(error);
  return isRefusal(error) && 'type' in cause && faultsOfMessages.includes(String(cause.type));
}

function causeOf(error: Error): Error {
  return error.cause instanceof Error ? error.cause : error;
}
