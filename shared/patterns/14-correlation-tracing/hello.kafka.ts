// One story over two hops: the headers of the first message, its correlation id and its trace, go on with the second.
import { randomBytes, randomUUID } from 'node:crypto';
import { type IHeaders, Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [created, paid] = [`order-created-${Date.now()}`, `order-paid-${Date.now()}`];
const [admin, producer] = [kafka.admin(), kafka.producer()];
const consumer = kafka.consumer({ groupId: `tracing-${created}` });
await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
await admin.createTopics({ topics: [created, paid].map((topic) => ({ topic, numPartitions: 1 })) });
const newSpan = () => randomBytes(8).toString('hex');
const send = (topic: string, headers: IHeaders) =>
  producer.send({ topic, acks: -1, messages: [{ key: 'order 1', value: 'order 1', headers }] });

const traceparent = `00-${randomBytes(16).toString('hex')}-${newSpan()}-01`;
await send(created, { correlation_id: randomUUID(), traceparent });
await consumer.subscribe({ topics: [created, paid], fromBeginning: true });
const { promise: end, resolve } = Promise.withResolvers<void>();
await consumer.run({
  eachMessage: async ({ topic, message: { headers } }) => {
    const correlation_id = String(headers?.['correlation_id']);
    const [, trace_id, span] = String(headers?.['traceparent']).split('-');
    console.log(JSON.stringify({ topic, correlation_id, trace_id, span }));
    if (topic === paid) return resolve();
    // The same story, the same trace; only the span is new.
    await send(paid, { correlation_id, traceparent: `00-${trace_id}-${newSpan()}-01` });
  },
});
await end;
await consumer.disconnect();
await admin.deleteGroups([`tracing-${created}`]);
await admin.deleteTopics({ topics: [created, paid] });
await Promise.all([admin.disconnect(), producer.disconnect()]);
