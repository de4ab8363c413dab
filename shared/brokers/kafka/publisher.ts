import { Partitioners, type Producer } from 'kafkajs';
import { asError } from '../as-error.ts';
import { laneOf } from '../lane.ts';
import type { OutgoingMessage, Publisher, PublishOutcome } from '../port.ts';
import { within } from '../time-limit.ts';
import { type KafkaAccess, KafkaClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { toRecord } from './message.ts';
import { isForGood, isRefusal } from './refusal.ts';
import { halvesOf, requestsOf } from './requests.ts';
import { topicExists } from './topic-exists.ts';

const answerMs = 10_000;
const ackMs = 5_000;

interface Call {
  readonly messages: readonly OutgoingMessage[];
  readonly answer: (outcomes: readonly PublishOutcome[]) => void;
}

/**
 * Publishes with an idempotent producer, acknowledged by all replicas in sync, one request at a
 * time. Calls that arrive meanwhile go out together with the next request.
 */
export class KafkaPublisher implements Publisher {
  readonly #access: KafkaAccess;
  readonly #connection: KafkaConnection;
  #waiting: Call[] = [];
  #sending: Promise<void> | undefined;
  #client: KafkaClient | undefined;
  #producer: Producer | undefined;
  #knownTopics = new Set<string>();
  #closed = false;

  constructor(access: KafkaAccess, connection: KafkaConnection) {
    this.#access = access;
    this.#connection = connection;
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<readonly PublishOutcome[]> {
    if (this.#closed) return messages.map(() => failed(new Error('the broker was closed')));
    const { promise, resolve } = Promise.withResolvers<readonly PublishOutcome[]>();
    this.#waiting.push({ messages, answer: resolve });
    this.#sending ??= this.#sendWaiting();
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#sending;
    await this.#discardProducer();
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const calls = this.#waiting;
      this.#waiting = [];
      const outcomes = await this.#send(calls.flatMap(({ messages }) => messages));
      let from = 0;
      for (const { messages, answer } of calls) {
        answer(outcomes.slice(from, from + messages.length));
        from += messages.length;
      }
    }
    this.#sending = undefined;
  }

  async #send(messages: readonly OutgoingMessage[]): Promise<readonly PublishOutcome[]> {
    const outcomes: PublishOutcome[] = [];
    try {
      const untakeable = await this.#learnTopics(messages);
      for (const [position, { address }] of messages.entries()) {
        const outcome = untakeable.get(address.channel);
        if (outcome) outcomes[position] = outcome;
      }
    } catch (error) {
      return messages.map(() => failed(asError(error)));
    }
    const routable = [...messages.keys()].filter((position) => !outcomes[position]);
    let stop: Error | undefined;
    const stuck = new Set<string>();
    const requests = [...requestsOf(messages, routable)];
    for (let request = requests.shift(); request; request = requests.shift()) {
      const sendable = request.filter((position) => !stop && !stuck.has(laneAt(messages, position)));
      const error = await this.#sendRequest(
        sendable.map((position) => messages[position] as OutgoingMessage),
      );
      // One message is to blame, or all are together (a topic may have a lower limit): smaller requests tell.
      if (error && isForGood(error) && sendable.length > 1) {
        requests.unshift(...halvesOf(request));
        continue;
      }
      // A refused request says nothing about the next one; a broker that does not answer does.
      if (error && !isRefusal(error)) stop = error;
      for (const position of request) {
        const outcome = sendable.includes(position) ? outcomeOf(error) : failed(stop ?? behindAnother());
        outcomes[position] = outcome;
        if (outcome.status !== 'confirmed') stuck.add(laneAt(messages, position));
      }
    }
    return outcomes;
  }

  /** Sends one request; all of it is stored, or it counts as failed as a whole. */
  async #sendRequest(messages: readonly OutgoingMessage[]): Promise<Error | undefined> {
    if (messages.length === 0) return undefined;
    const topicMessages = messages.map((message) => ({
      topic: message.address.channel,
      messages: [toRecord(message)],
    }));
    try {
      const producer = await this.#connectedProducer();
      await within(answerMs, 'Kafka', producer.sendBatch({ acks: -1, timeout: ackMs, topicMessages }));
      return undefined;
    } catch (error) {
      // After an error kafkajs and the broker may disagree about sequence numbers, for ever: start over.
      await this.#discardProducer();
      this.#knownTopics.clear();
      return asError(error);
    }
  }

  /** Topics are not made on the fly. Answers which of those named can take no message, and what comes of theirs. */
  async #learnTopics(messages: readonly OutgoingMessage[]): Promise<ReadonlyMap<string, PublishOutcome>> {
    const named = new Set(messages.map(({ address }) => address.channel));
    const unknown = () => [...named].filter((topic) => !this.#knownTopics.has(topic));
    if (unknown().length === 0) return new Map();
    const admin = this.#connection.admin();
    this.#knownTopics = new Set(await within(answerMs, 'Kafka', admin.listTopics()));
    const untakeable = new Map<string, PublishOutcome>();
    for (const topic of unknown()) {
      const isNew = await within(answerMs, 'Kafka', topicExists(admin, topic));
      untakeable.set(topic, isNew ? notKnownYet(topic) : noTopic(topic));
    }
    return untakeable;
  }

  async #connectedProducer(): Promise<Producer> {
    if (this.#producer) return this.#producer;
    this.#client = new KafkaClient(this.#access);
    const producer = this.#client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    this.#producer = producer;
    await within(answerMs, 'Kafka', producer.connect());
    return producer;
  }

  async #discardProducer(): Promise<void> {
    const [client, producer] = [this.#client, this.#producer];
    this.#client = undefined;
    this.#producer = undefined;
    if (producer) await client?.end(() => producer.disconnect());
  }
}

function laneAt(messages: readonly OutgoingMessage[], position: number): string {
  const message = messages[position];
  return message ? laneOf(message) : '';
}

function noTopic(topic: string): PublishOutcome {
  return { status: 'unroutable', reason: `there is no topic ${topic}` };
}

function notKnownYet(topic: string): PublishOutcome {
  return {
    status: 'failed',
    error: new Error(`not every server knows the topic ${topic} yet`),
    refused: true,
  };
}

function outcomeOf(error: Error | undefined): PublishOutcome {
  if (!error) return { status: 'confirmed' };
  if (isForGood(error)) return { status: 'unroutable', reason: error.message };
  return isRefusal(error) ? { status: 'failed', error, refused: true } : failed(error);
}

function failed(error: Error): PublishOutcome {
  return { status: 'failed', error };
}

function behindAnother(): Error {
  return new Error('not sent: an earlier message of the same key was not confirmed');
}
