// A saga with a conductor: it sends one command after the other, and when one fails undoes what was done, in reverse.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const [commands, replies] = ['hello-commands', 'hello-replies'];
for (const queue of [commands, replies]) await channel.assertQueue(queue, { durable: true });

async function send(queue: string, text: string): Promise<void> {
  channel.sendToQueue(queue, Buffer.from(text), { persistent: true });
  await channel.waitForConfirms();
}

// A message is acknowledged only when what follows from it is stored.
const { promise: over, resolve, reject } = Promise.withResolvers<void>();
async function hear(queue: string, work: (text: string) => Promise<void>): Promise<void> {
  await channel.consume(queue, (message) => {
    if (message) work(message.content.toString()).then(() => channel.ack(message), reject);
  });
}

// The participants obey and answer. Here the order cannot be completed.
await hear(commands, async (command) => {
  console.log(`  obeyed: ${command}`);
  await send(replies, command === 'Complete' ? 'Complete failed' : `${command} done`);
});

// What follows on which reply; a real conductor keeps in a table how far each saga has come.
const steps =
  'Reserve done, Charge, Charge done, Complete, Complete failed, Refund, Refund done, Cancel'.split(', ');
await hear(replies, async (reply) => {
  const command = steps.includes(reply) ? steps[steps.indexOf(reply) + 1] : undefined;
  console.log(`${reply}: ${command ?? 'the saga is over'}`);
  return command ? send(commands, command) : resolve();
});
await send(commands, 'Reserve');
await over;
for (const queue of [commands, replies]) await channel.deleteQueue(queue);
await connection.close();
