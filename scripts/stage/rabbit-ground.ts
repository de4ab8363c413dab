import { RabbitConnection } from '../../shared/brokers/rabbitmq/connection.ts';
import { createRabbitBroker } from '../../shared/brokers/rabbitmq/index.ts';
import { toProperties } from '../../shared/brokers/rabbitmq/message.ts';
import { within } from '../../shared/brokers/time-limit.ts';
import type { Topologies } from '../../shared/patterns/demo.ts';
import type { Ground } from './ground.ts';
import { isOfARun } from './run-names.ts';

/** A run that is killed cannot clear up; then RabbitMQ does, once nobody has used a queue for so long. */
const expiresMs = 120_000;
const answerMs = 5_000;

export function rabbitGround(url: string): Ground {
  // For what the port has no word for.
  const byHand = new RabbitConnection({
    url,
    topology: { exchanges: [], queues: [], bindings: [] },
    name: 'demo by hand',
    onDown: () => {},
  });
  return {
    broker({ rabbitmq }, clientName, onEvent) {
      byHand.start();
      return createRabbitBroker({ url, topology: topologyOf(rabbitmq), clientName, onEvent });
    },

    async sendExpiring(messages, ttlsMs) {
      const channel = await byHand.createConfirmChannel();
      for (const [n, message] of messages.entries()) {
        const { address, body } = message;
        const properties = { ...toProperties(message), expiration: String(ttlsMs[n]) };
        channel.publish(address.channel, address.key, body, properties);
      }
      await within(answerMs, 'RabbitMQ', channel.waitForConfirms());
      await channel.close();
    },

    async clear({ rabbitmq: { exchanges = [], queues = [] } }) {
      try {
        const channel = await within(answerMs, 'RabbitMQ', byHand.createChannel());
        // Bindings go with their queues.
        for (const { name } of queues) await channel.deleteQueue(name);
        // Others are the system's, and shared.
        for (const { name } of exchanges) if (isOfARun(name)) await channel.deleteExchange(name);
      } finally {
        await byHand.close();
      }
    },
  };
}

function topologyOf({ exchanges = [], queues = [], bindings = [] }: Topologies['rabbitmq']) {
  const shortLived = queues.map((queue) => ({
    ...queue,
    arguments: { ...queue.arguments, 'x-expires': expiresMs },
  }));
  return { exchanges, queues: shortLived, bindings };
}
