import {
  type Delivery,
  newMessageId,
  type OnDelivery,
  type OutgoingMessage,
} from '../../shared/brokers/index.ts';
import { workTopic } from '../../shared/patterns/01-point-to-point/kafka.ts';
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
import { appendToStream } from '../../shared/patterns/08-event-sourcing/event-store.ts';
import { groupCommit } from '../../shared/patterns/11-idempotent-consumer/group-commit.ts';
import { handleOnce } from '../../shared/patterns/11-idempotent-consumer/idempotent-consumer.ts';
import { atLeastOnce } from '../../shared/patterns/12-at-least-once/at-least-once.ts';
import {
  newTraceparent,
  nextTraceparent,
  traceIdOf,
} from '../../shared/patterns/14-correlation-tracing/trace-context.ts';
import { createPublishBreaker, guardBroker } from '../../shared/patterns/15-circuit-breaker/guard-broker.ts';
import { appendToOutbox } from '../../shared/patterns/16-transactional-outbox/outbox.ts';
import { startRelay } from '../../shared/patterns/16-transactional-outbox/relay.ts';
import type { StageDatabase } from '../../shared/patterns/demo.ts';
import type { RealStage } from '../pattern/stage.ts';
import type { Numbered, Receiver, Scenario, Setting } from './setting.ts';

const partitions = 3;
const asItIs = (heard: OnDelivery) => heard;
const file = (path: string) => new URL(`../../shared/patterns/${path}`, import.meta.url);

type Address = OutgoingMessage['address'];

function outgoing(
  { n, key }: Numbered,
  address: Address,
  more: Partial<OutgoingMessage> = {},
): OutgoingMessage {
  return {
    address,
    orderingKey: key,
    attributes: { id: newMessageId(), type: 'measured', subject: key, source: '/compare' },
    body: Buffer.from(JSON.stringify({ n, key })),
    ...more,
  };
}

/** A queue, or a topic of three partitions; the ground of most patterns. */
async function workPlace(stage: RealStage) {
  const name = stage.name('work');
  const broker = await stage.open({
    rabbitmq: { queues: [workQueue(name)] },
    kafka: { topics: [workTopic(name, partitions, 1)] },
  });
  const address = (key: string): Address =>
    stage.broker === 'kafka' ? { channel: name, key } : { channel: '', key: name };
  const receivers: readonly Receiver[] = [{ name: stage.name('receiver'), channels: [name] }];
  const send = (messages: readonly Numbered[]) =>
    publish(
      broker,
      messages.map((message) => outgoing(message, address(message.key))),
    );
  return { broker, address, receivers, send };
}

async function publish(broker: Awaited<ReturnType<RealStage['open']>>, messages: readonly OutgoingMessage[]) {
  const outcomes = await broker.publisher.publish(messages);
  const failed = outcomes.find(({ status }) => status !== 'confirmed');
  if (failed) throw new Error(`a message was not stored: ${JSON.stringify(failed)}`);
}

/** Sends by way of an outbox: `write` is what a business transaction does besides. */
async function byOutbox(
  stage: RealStage,
  schemas: readonly URL[],
  write: (
    tx: Parameters<Parameters<StageDatabase['transaction']>[0]>[0],
    message: Numbered,
  ) => Promise<unknown>,
): Promise<Setting> {
  const { broker, address, receivers } = await workPlace(stage);
  const database = await stage.database([file('16-transactional-outbox/schema.sql'), ...schemas]);
  const relay = startRelay({ service: stage.name('relay'), broker, connect: () => database.connect() });
  stage.after(() => relay.stop());
  return {
    receivers,
    waitMs: 0,
    handle: asItIs,
    async send(messages) {
      await database.transaction(async (tx) => {
        for (const message of messages) await write(tx, message);
        await appendToOutbox(
          tx,
          messages.map((message) => ({
            broker: stage.broker,
            message: outgoing(message, address(message.key)),
          })),
        );
      });
      relay.wake();
    },
  };
}

const pointToPoint: Scenario = {
  pattern: 'point-to-point',
  what: 'one queue, or a topic of three partitions; one consumer with ten messages in hand',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    return { receivers, send, handle: asItIs, waitMs: 0 };
  },
};

const publishSubscribe: Scenario = {
  pattern: 'publish-subscribe',
  what: 'three subscribers, each of which gets every message',
  async prepare(stage) {
    const exchange = stage.name('news');
    const names = ['email', 'sms', 'push'].map((who) => stage.name(who));
    const fan = fanout(exchange, names);
    const broker = await stage.open({
      rabbitmq: { exchanges: [fan.exchange], queues: names.map(workQueue), bindings: fan.bindings },
      kafka: { topics: [workTopic(exchange, partitions, 1)] },
    });
    const isKafka = stage.broker === 'kafka';
    return {
      receivers: names.map((name) => ({ name, channels: [isKafka ? exchange : name] })),
      send: (messages) =>
        publish(
          broker,
          messages.map((message) =>
            outgoing(message, { channel: exchange, key: isKafka ? message.key : '' }),
          ),
        ),
      handle: asItIs,
      waitMs: 0,
    };
  },
};

const requestReply: Scenario = {
  pattern: 'request-reply',
  what: 'a question over the broker and its answer; up to two hundred under way',
  async prepare(stage) {
    const [questions, answers] = [stage.name('questions'), stage.name('answers')];
    const broker = await stage.open({
      rabbitmq: { queues: [workQueue(questions)] },
      kafka: { topics: [workTopic(questions, partitions, 1), workTopic(answers, 1, 1)] },
    });
    const isKafka = stage.broker === 'kafka';
    const requester = createRequester({
      broker,
      requestAddress: (id) => (isKafka ? { channel: questions, key: id } : { channel: '', key: questions }),
      replyChannel: answers,
      timeoutMs: 10_000,
    });
    stage.after(() => requester.stop());
    return {
      receivers: [{ name: stage.name('server'), channels: [questions] }],
      isCall: true,
      waitMs: 0,
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

const routing: Scenario = {
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
      kafka: { topics: [workTopic(exchange, partitions, 1)] },
    });
    const isKafka = stage.broker === 'kafka';
    return {
      receivers: [{ name: stage.name('receiver'), channels: [isKafka ? exchange : queue] }],
      send: (messages) =>
        publish(
          broker,
          messages.map((message) =>
            outgoing(message, { channel: exchange, key: isKafka ? message.key : `measured.${message.key}` }),
          ),
        ),
      handle: asItIs,
      waitMs: 0,
    };
  },
};

const priority: Scenario = {
  pattern: 'priority-queue',
  what: 'messages of three levels in turn',
  async prepare(stage) {
    const task = stage.name('charge');
    const broker = await stage.open({
      rabbitmq: { queues: [priorityQueue(task)] },
      kafka: { topics: levelTopics(task, 1, 1) },
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
      handle: asItIs,
      waitMs: 0,
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
        kafka: { topics: [delayTopic(delay, waitMs, 1, 1)] },
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
        send: (messages) =>
          publish(
            broker,
            messages.map((message) =>
              outgoing(
                message,
                isKafka
                  ? { channel: topic, key: message.key }
                  : { channel: '', key: delayQueueName(delay, waitMs) },
                { headers: dueAfter(waitMs, new Date()) },
              ),
            ),
          ),
        handle: asItIs,
        waitMs,
      };
    },
  };
}

const eventSourcing: Scenario = {
  pattern: 'event-sourcing',
  what: 'append to the event store, then the outbox; ten streams',
  async prepare(stage) {
    const versions = new Map<string, number>();
    const streams = new Map<string, string>();
    return byOutbox(stage, [file('08-event-sourcing/schema.sql')], async (tx, { key }) => {
      const stream = streams.get(key) ?? newMessageId();
      streams.set(key, stream);
      const version = await appendToStream(tx, stream, versions.get(key) ?? 0, [
        { type: 'measured', data: {} },
      ]);
      versions.set(key, version);
    });
  },
};

/** A message goes from service to service, each of which handles it once and says the next thing by its outbox. */
function saga(pattern: string, what: string, hops: number): Scenario {
  return {
    pattern,
    what,
    async prepare(stage) {
      const { broker, address, receivers, send } = await workPlace(stage);
      const database = await stage.database([
        file('11-idempotent-consumer/schema.sql'),
        file('16-transactional-outbox/schema.sql'),
      ]);
      const relay = startRelay({ service: stage.name('relay'), broker, connect: () => database.connect() });
      stage.after(() => relay.stop());
      const once = handleOnce<{ readonly id: string; readonly message: Numbered; readonly hop: number }>({
        consumer: 'compare',
        database: groupCommit(database),
        handle: async (_tx, { message, hop }) => {
          if (hop >= hops) return [];
          const next = outgoing(message, address(message.key), { headers: { hop: String(hop + 1) } });
          return [{ broker: stage.broker, message: next }];
        },
        wakeRelays: () => relay.wake(),
      });
      return {
        receivers,
        send,
        waitMs: 0,
        handle: (heard) => async (delivery, signal) => {
          const hop = Number(delivery.headers['hop'] ?? 1);
          const message = JSON.parse(delivery.body.toString()) as Numbered;
          await once({ id: delivery.attributes['id'] ?? '', message, hop });
          if (hop === hops) await heard(delivery, signal);
        },
      };
    },
  };
}

const cqrs: Scenario = {
  pattern: 'cqrs',
  what: 'each event is folded into a document with its version, in a table',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    const database = await stage.database([
      'create table documents (id text primary key, version int not null)',
    ]);
    return {
      receivers,
      send,
      waitMs: 0,
      handle: (heard) => async (delivery, signal) => {
        const { n, key } = JSON.parse(delivery.body.toString()) as Numbered;
        await database.query(
          `insert into documents as known (id, version) values ($1, $2)
           on conflict (id) do update set version = excluded.version where known.version < excluded.version`,
          [key, n],
        );
        await heard(delivery, signal);
      },
    };
  },
};

const deadLetters: Scenario = {
  pattern: 'dead-letter-queue',
  what: 'each message is hopeless: from its sending until it is in the table of dead letters',
  async prepare(stage) {
    const [consumer, topic] = [stage.name('hopeless'), stage.name('work')];
    const { queues, bindings } = withDeadLetters(workQueue(consumer));
    const database = await stage.database([file('06-dead-letter-queue/schema.sql')]);
    const broker = await stage.open({
      rabbitmq: { exchanges: [deadLetterExchange], queues, bindings },
      kafka: { topics: [workTopic(topic, partitions, 1), deadLetterTopic(consumer, 1)] },
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
      send: (messages) =>
        publish(
          broker,
          messages.map((message) =>
            outgoing(
              message,
              isKafka ? { channel: topic, key: message.key } : { channel: '', key: consumer },
            ),
          ),
        ),
      waitMs: 0,
      handle: (heard) => async (delivery, signal) => {
        await sink(delivery, signal);
        await heard(delivery, signal);
      },
    };
  },
};

const correlation: Scenario = {
  pattern: 'correlation-tracing',
  what: 'each message with a correlation id and the next hop of a trace, read again by its receiver',
  async prepare(stage) {
    const { receivers, address, broker } = await workPlace(stage);
    const traceparent = newTraceparent();
    return {
      receivers,
      waitMs: 0,
      send: (messages) =>
        publish(
          broker,
          messages.map((message) => {
            const { attributes, ...rest } = outgoing(message, address(message.key));
            const story = { correlationid: message.key, traceparent: nextTraceparent(traceparent) };
            return { ...rest, attributes: { ...attributes, ...story } };
          }),
        ),
      handle: (heard) => async (delivery, signal) => {
        if (traceIdOf(delivery.attributes['traceparent']) !== traceIdOf(traceparent))
          throw new Error('the trace is broken');
        await heard(delivery, signal);
      },
    };
  },
};

const breaker: Scenario = {
  pattern: 'circuit-breaker',
  what: 'published through a breaker that stays closed',
  async prepare(stage) {
    const { receivers, address, broker } = await workPlace(stage);
    const guarded = guardBroker(broker, createPublishBreaker('compare'));
    return {
      receivers,
      waitMs: 0,
      send: (messages) =>
        publish(
          guarded,
          messages.map((message) => outgoing(message, address(message.key))),
        ),
      handle: asItIs,
    };
  },
};

const idempotent: Scenario = {
  pattern: 'idempotent-consumer',
  what: 'each message with an inbox row and an effect in one transaction, shared by those that wait',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    const database = await stage.database([
      file('11-idempotent-consumer/schema.sql'),
      file('16-transactional-outbox/schema.sql'),
    ]);
    const transactions = groupCommit(database);
    return {
      receivers,
      send,
      waitMs: 0,
      handle: (heard) => {
        const once = handleOnce<{ readonly id: string }>({
          consumer: 'compare',
          database: transactions,
          handle: async () => [],
          wakeRelays: () => {},
        });
        return async (delivery, signal) => {
          await once({ id: delivery.attributes['id'] ?? '' });
          await heard(delivery, signal);
        };
      },
    };
  },
};

const atLeastOnceScenario: Scenario = {
  pattern: 'at-least-once',
  what: 'acknowledged after the work, failures sorted out',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    const none = () => Promise.reject(new Error('nothing fails here'));
    return {
      receivers,
      send,
      waitMs: 0,
      handle: (heard) =>
        atLeastOnce({
          work: async (delivery: Delivery, signal) => void (await heard(delivery, signal)),
          delayBefore: () => undefined,
          retryLater: none,
          setAside: none,
        }),
    };
  },
};

const transactionalOutbox: Scenario = {
  pattern: 'transactional-outbox',
  what: 'written to the outbox in a transaction, sent by the relay',
  prepare: (stage) => byOutbox(stage, [], async () => {}),
};

/** In the order of the chapters. `delayMs`: the wait of the delayed queue. */
export function scenarios(delayMs: number): readonly Scenario[] {
  return [
    pointToPoint,
    publishSubscribe,
    requestReply,
    routing,
    priority,
    deadLetters,
    delayed(delayMs),
    eventSourcing,
    saga('saga-choreography', 'three services, each of which hears an event and says the next', 3),
    saga('saga-orchestration', 'three steps, each a command and its reply', 6),
    cqrs,
    idempotent,
    atLeastOnceScenario,
    correlation,
    breaker,
    transactionalOutbox,
  ];
}
