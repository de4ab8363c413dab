import { derivedMessageId } from '@conveyor/brokers';

/**
 * The id of the one message called `name` that follows from the message `id`. The same whenever that is handled: also long after, when the
 * inbox has forgotten it, whoever takes what follows can know that he has it already.
 */
export function followingId(id: string, name: string): string {
  return derivedMessageId(id, name);
}
