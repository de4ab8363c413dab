// One story over two hops: the correlation id and the trace of the first message go on with the second.
import { randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const queues = [`order-created-${Date.now()}`, `order-paid-${Date.now()}`] as const;
for (const queue of queues) await channel.assertQueue(queue, { durable: true });
const newSpan = () => randomBytes(8).toString('hex');

const correlationId = randomUUID();
const traceparent = `00-${randomBytes(16).toString('hex')}-${newSpan()}-01`;
const order = Buffer.from('order 1');
channel.sendToQueue(queues[0], order, { correlationId, headers: { traceparent }, persistent: true });
await channel.waitForConfirms();

/** Takes the message that waits there, and writes its line of the log. */
async function take(queue: string) {
  const message = await channel.get(queue);
  if (!message) throw new Error(`nothing in ${queue}`);
  const trace = String(message.properties.headers?.['traceparent']);
  const [, trace_id, span] = trace.split('-');
  const correlation_id = String(message.properties.correlationId);
  console.log(JSON.stringify({ queue, correlation_id, trace_id, span }));
  return { message, correlationId: correlation_id, trace_id };
}

const first = await take(queues[0]);
// The same story, the same trace; only the span is new.
const headers = { traceparent: `00-${first.trace_id}-${newSpan()}-01` };
channel.sendToQueue(queues[1], order, { correlationId: first.correlationId, headers, persistent: true });
await channel.waitForConfirms();
channel.ack(first.message);
channel.ack((await take(queues[1])).message);
for (const queue of queues) await channel.deleteQueue(queue);
await channel.close();
await connection.close();
