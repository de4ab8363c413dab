import type { Admin } from 'kafkajs';

/**
 * Whether there is such a topic, by the word of the controller, which is asked whether it could be made. Another server of a
 * cluster hears of a new topic a moment later.
 */
export async function topicExists(admin: Admin, topic: string): Promise<boolean> {
  try {
    return !(await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [{ topic }] }));
  } catch (error) {
    // It could not be made, so it is not there: a name that no topic can have.
    if (error instanceof Error && error.name === 'KafkaJSAggregateError') return false;
    throw error;
  }
}
