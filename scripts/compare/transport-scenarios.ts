import { workTopic } from '../../shared/patterns/01-point-to-point/kafka.ts';
import { addressIn } from '../../shared/patterns/01-point-to-point/one-place.ts';
import { workQueue } from '../../shared/patterns/01-point-to-point/rabbitmq.ts';
import { fanout } from '../../shared/patterns/02-publish-subscribe/rabbitmq.ts';
import { createRequester } from '../../shared/patterns/03-request-reply/request-reply.ts';
import { bindAll, topicExchange } from '../../shared/patterns/04-routing/rabbitmq.ts';
import { levelTopicName, levelTopics } from '../../shared/patterns/05-priority-queue/kafka.ts';
import { levels } from '../../shared/patterns/05-priority-queue/priority-queue.ts';
import { priorityOf, priorityQueue } from '../../shared/patterns/05-priority-queue/rabbitmq.ts';
import { failedMessages } from '../../shared/patterns/06-dead-letter-queue/failed-messages.ts';
import { PermanentFault } from '../../shared/patterns/06-dead-letter-queue/failure.ts';
import {
  deadLetterTopic,
  deadLetterTopicName,
  kafkaPlaces,
} from '../../shared/patterns/06-dead-letter-queue/kafka.ts';
import {
  deadLetterExchange,
  deadLetterQueueName,
  rabbitPlaces,
  withDeadLetters,
} from '../../shared/patterns/06-dead-letter-queue/rabbitmq.ts';
import { deadLetterSink } from '../../shared/patterns/06-dead-letter-queue/sink.ts';
import { dueAfter } from '../../shared/patterns/07-delayed-queue/delayed-queue.ts';
import { delayTopic, delayTopicName, heldUntil } from '../../shared/patterns/07-delayed-queue/kafka.ts';
import { delayQueue, delayQueueName } from '../../shared/patterns/07-delayed-queue/rabbitmq.ts';
import { atLeastOnce } from '../../shared/patterns/12-at-least-once/at-least-once.ts';
import type { Scenario } from './setting.ts';
import { outgoing, partitions, publish, schemaOf, sending, workPlace } from './work-place.ts';

export const pointToPoint: Scenario = {
  pattern: 'point-to-point',
  what: 'one queue, or a topic of three partitions; one consumer with ten messages in hand',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    return { receivers, send };
  },
};

export const publishSubscribe: Scenario = {
  pattern: 'publish-subscribe',
  what: 'three subscribers, each of which gets every message',
  async prepare(stage) {
    const exchange = stage.name('news');
    const names = ['email', 'sms', 'push'].map((who) => stage.name(who));
    const fan = fanout(exchange, names);
    const broker = await stage.open({
      rabbitmq: { exchanges: [fan.exchange], queues: names.map(workQueue), bindings: fan.bindings },
      kafka: { topics: [workTopic(exchange, partitions)] },
    });
    const isKafka = stage.broker === 'kafka';
    return {
      receivers: names.map((name) => ({ name, channels: [isKafka ? exchange : name] })),
      send: sending(broker, (message) =>
        outgoing(message, { channel: exchange, key: isKafka ? message.key : '' }),
      ),
    };
  },
};

export const requestReply: Scenario = {
  pattern: 'request-reply',
  what: 'a question over the broker and its answer; up to two hundred under way',
  async prepare(stage) {
    const [questions, answers] = [stage.name('questions'), stage.name('answers')];
    const broker = await stage.open({
      rabbitmq: { queues: [workQueue(questions)] },
      kafka: { topics: [workTopic(questions, partitions), workTopic(answers, 1)] },
    });
    const requester = createRequester({
      broker,
      requestAddress: (id) => addressIn(stage.broker, questions, id),
      replyChannel: answers,
      timeoutMs: 10_000,
    });
    stage.after(() => requester.stop());
    return {
      receivers: [{ name: stage.name('server'), channels: [questions] }],
      isCall: true,
      async send(messages) {
        await Promise.all(
          messages.map((message) => {
            const { attributes, body } = outgoing(message, { channel: questions, key: '' });
            return requester.ask({ attributes, body });
          }),
        );
      },
      handle: (heard) => async (delivery, signal) => {
        const { reply, attributes, body } = delivery;
        if (!reply) return;
        const address = broker.replyAddress(reply);
        const answer = {
          address,
          orderingKey: reply.correlationId,
          attributes,
          body,
          reply,
          transient: true,
        };
        await publish(broker, [answer]);
        await heard(delivery, signal);
      },
    };
  },
};

export const routing: Scenario = {
  pattern: 'routing',
  what: 'a topic exchange and a binding `measured.*`; on Kafka the key chooses the partition',
  async prepare(stage) {
    const [exchange, queue] = [stage.name('events'), stage.name('measured')];
    const broker = await stage.open({
      rabbitmq: {
        exchanges: [topicExchange(exchange)],
        queues: [workQueue(queue)],
        bindings: bindAll(exchange, queue, ['measured.*']),
      },
      kafka: { topics: [workTopic(exchange, partitions)] },
    });
    const isKafka = stage.broker === 'kafka';
    return {
      receivers: [{ name: stage.name('receiver'), channels: [isKafka ? exchange : queue] }],
      send: sending(broker, (message) =>
        outgoing(message, { channel: exchange, key: isKafka ? message.key : `measured.${message.key}` }),
      ),
    };
  },
};

export const priority: Scenario = {
  pattern: 'priority-queue',
  what: 'messages of three levels in turn',
  async prepare(stage) {
    const task = stage.name('charge');
    const broker = await stage.open({
      rabbitmq: { queues: [priorityQueue(task)] },
      kafka: { topics: levelTopics(task, 1) },
    });
    const isKafka = stage.broker === 'kafka';
    const levelOf = (n: number) => levels[n % levels.length] ?? 'normal';
    return {
      receivers: [
        {
          name: stage.name('receiver'),
          channels: isKafka ? levels.map((level) => levelTopicName(task, level)) : [task],
        },
      ],
      send: (messages) =>
        publish(
          broker,
          messages.map((message) => {
            const level = levelOf(message.n);
            const to = isKafka
              ? { channel: levelTopicName(task, level), key: message.key }
              : { channel: '', key: task };
            return outgoing(message, to, { priority: priorityOf[level] });
          }),
        ),
    };
  },
};

export const deadLetters: Scenario = {
  pattern: 'dead-letter-queue',
  what: 'each message is hopeless: from its sending until it is in the table of dead letters',
  async prepare(stage) {
    const [consumer, topic] = [stage.name('hopeless'), stage.name('work')];
    const { queues, bindings } = withDeadLetters(workQueue(consumer));
    const database = await stage.database([schemaOf('06-dead-letter-queue')]);
    const broker = await stage.open({
      rabbitmq: { exchanges: [deadLetterExchange], queues, bindings },
      kafka: { topics: [workTopic(topic, partitions), deadLetterTopic(consumer)] },
    });
    const isKafka = stage.broker === 'kafka';
    const places = isKafka ? kafkaPlaces(consumer) : rabbitPlaces(consumer);
    const failed = failedMessages({
      consumer,
      broker,
      database,
      places,
      delayBefore: () => undefined,
      inOrder: false,
    });
    await stage.consume({
      name: consumer,
      channels: [isKafka ? topic : consumer],
      concurrency: 10,
      onDelivery: atLeastOnce({
        work: () => Promise.reject(new PermanentFault('hopeless', 'nothing helps')),
        delayBefore: () => undefined,
        retryLater: failed.retryLater,
        setAside: failed.setAside,
      }),
    });
    const sink = deadLetterSink({ database });
    return {
      receivers: [
        {
          name: stage.name('sink'),
          channels: [isKafka ? deadLetterTopicName(consumer) : deadLetterQueueName(consumer)],
        },
      ],
      send: sending(broker, (message) =>
        outgoing(message, isKafka ? { channel: topic, key: message.key } : { channel: '', key: consumer }),
      ),
      handle: (heard) => async (delivery, signal) => {
        await sink(delivery, signal);
        await heard(delivery, signal);
      },
    };
  },
};

/** Messages that wait for `waitMs` before they are handed out. */
export function delayed(waitMs: number): Scenario {
  return {
    pattern: 'delayed-queue',
    what: `a wait of ${waitMs} ms, which is not counted`,
    async prepare(stage) {
      const [work, delay] = [stage.name('work'), stage.name('delay')];
      const broker = await stage.open({
        rabbitmq: { queues: [workQueue(work), delayQueue(delay, waitMs, work)] },
        kafka: { topics: [delayTopic(delay, waitMs, 1)] },
      });
      const isKafka = stage.broker === 'kafka';
      const topic = delayTopicName(delay, waitMs);
      return {
        receivers: [
          {
            name: stage.name('receiver'),
            channels: [isKafka ? topic : work],
            ...(isKafka && { notBefore: heldUntil }),
          },
        ],
        send: sending(broker, (message) =>
          outgoing(
            message,
            isKafka
              ? { channel: topic, key: message.key }
              : { channel: '', key: delayQueueName(delay, waitMs) },
            { headers: dueAfter(waitMs, new Date()) },
          ),
        ),
        waitMs,
      };
    },
  };
}
