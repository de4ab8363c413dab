import { type BrokerName, fieldProblem } from '@conveyor/contracts';
import { deadLetterTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { deadLetterQueueName } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { badRequest, type Problem } from '@conveyor/service-kit/problems';

/** Whose dead letters are meant. */
export interface LettersOf {
  readonly consumer: string;
  readonly broker?: BrokerName;
}

/**
 * Reads the name of a consumer, or of its queue or topic of dead letters: then those of that broker are meant.
 *
 * @throws Problem 400 for a name that is none of these, or that is of the other broker than `broker`.
 */
export function readQueue(
  queue: string,
  broker: BrokerName | undefined,
  consumers: readonly string[],
  part: 'querystring' | 'body',
): LettersOf {
  for (const consumer of consumers) {
    if (queue === consumer) return { consumer, ...(broker && { broker }) };
    for (const [owner, name] of [
      ['rabbitmq', deadLetterQueueName(consumer)],
      ['kafka', deadLetterTopicName(consumer)],
    ] as const) {
      if (queue !== name) continue;
      if (broker && broker !== owner) throw wrong('/broker', `must be ${owner}: ${queue} is there`, part);
      return { consumer, broker: owner };
    }
  }
  throw wrong(
    '/queue',
    `must be one of ${consumers.join(', ')}, or its queue or topic of dead letters`,
    part,
  );
}

function wrong(path: string, detail: string, part: string): Problem {
  return badRequest([fieldProblem(path, detail)], part);
}
