import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';

/** What Kafka answers. Whatever keeps it from answering is nobody's fault. */
export async function answerOfKafka<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    throw new InfrastructureFault('kafka-unavailable', 'Kafka does not say how far the log is', { cause });
  }
}
