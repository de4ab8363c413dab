import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';

/** Asks, and resolves with the answer; rejects when there is none in time. */
export type Ask = (question: string, timeoutMs: number) => Promise<string>;

interface Asker {
  readonly ask: Ask;
  readonly stop: () => Promise<unknown>;
}

interface Channels {
  readonly requests: string;
  readonly replies: string;
}

/**
 * BUG: shared reply queue without correlation check. "One queue for the answers, and the next answer is mine": it is, for
 * as long as every answer comes in time and nobody else asks. An answer that comes too late stays in the queue,
 * and the next question gets it.
 */
export async function takeNextReply(url: string, { requests, replies }: Channels): Promise<Asker> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  const line = new WaitingLine();
  await channel.consume(replies, (reply) => line.answer(String(reply?.content)), { noAck: true });
  return {
    async ask(question, timeoutMs) {
      const answer = line.wait(timeoutMs);
      const ticket = { replyTo: replies, correlationId: randomUUID() };
      channel.sendToQueue(requests, Buffer.from(question), ticket);
      await channel.waitForConfirms();
      return answer;
    },
    stop: () => connection.close(),
  };
}

/**
 * BUG: shared reply topic without correlation check. The same on Kafka, where it is even nearer at hand: the topic is shared by
 * all who ask anyway, so each would also take the answers of all others.
 */
export async function takeNextRecord(
  brokers: readonly string[],
  groupId: string,
  { requests, replies }: Channels,
): Promise<Asker> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const [producer, consumer] = [kafka.producer(), kafka.consumer({ groupId })];
  await Promise.all([producer.connect(), consumer.connect()]);
  const line = new WaitingLine();
  await consumer.subscribe({ topic: replies, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => line.answer(String(message.value)) });
  return {
    async ask(question, timeoutMs) {
      const answer = line.wait(timeoutMs);
      const correlationId = randomUUID();
      const headers = { 'reply-to': replies, 'correlation-id': correlationId };
      const messages = [{ key: correlationId, value: question, headers }];
      await producer.send({ topic: requests, acks: -1, messages });
      return answer;
    },
    stop: () => Promise.all([producer.disconnect(), consumer.disconnect()]),
  };
}

/** First asked, first answered: what both believe of the other side. */
class WaitingLine {
  readonly #waiting: PromiseWithResolvers<string>[] = [];

  wait(timeoutMs: number): Promise<string> {
    const place = Promise.withResolvers<string>();
    // Whoever asks awaits it a moment later: until then nobody has said that it may fail.
    place.promise.catch(() => {});
    this.#waiting.push(place);
    const timer = setTimeout(() => {
      this.#leave(place);
      place.reject(new Error(`No answer within ${timeoutMs} ms`));
    }, timeoutMs);
    void place.promise.finally(() => clearTimeout(timer)).catch(() => {});
    return place.promise;
  }

  answer(text: string): void {
    this.#waiting.shift()?.resolve(text);
  }

  #leave(place: PromiseWithResolvers<string>): void {
    const position = this.#waiting.indexOf(place);
    if (position >= 0) this.#waiting.splice(position, 1);
  }
}
