import { randomUUID } from 'node:crypto';
import { type ConfirmChannel, connect } from 'amqplib';
import { createRabbitBroker } from '../rabbitmq/index.ts';
import type { RabbitTopology } from '../rabbitmq/topology.ts';
import { type Ground, required } from './playground.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A topic exchange with a quorum queue for each name. */
export async function rabbitGround(
  names: readonly string[],
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Ground & { readonly topology: RabbitTopology; readonly url: string }> {
  const url = required('RABBITMQ_URL');
  const exchange = `exchange-${randomUUID()}`;
  const topology: RabbitTopology = {
    exchanges: [{ name: exchange, type: 'topic' }],
    queues: names.map((name) => ({
      name,
      type: 'quorum',
      arguments: { 'x-delivery-limit': 1_000, ...settings },
    })),
    bindings: names.map((queue) => ({ exchange, queue, key: 'key.#' })),
  };
  return {
    topology,
    url,
    addressOf: (key) => ({ channel: exchange, key: `key.${key}` }),
    nowhere: { channel: exchange, key: 'nobody-is-bound-here' },
    channelOf: (name) => name,
    replyChannel: 'unused',
    broker: (onEvent, proxy) =>
      createRabbitBroker({ url: proxy ? through(url, proxy) : url, topology, clientName: 'test', onEvent }),
    proxy: () => TcpProxy.open(new URL(url).hostname, Number(new URL(url).port || 5672)),
    remove: () =>
      onChannel(url, async (channel) => {
        for (const { name } of topology.queues) await channel.deleteQueue(name);
        await channel.deleteExchange(exchange);
      }),
  };
}

/** Something done by hand, past the port. */
export async function onChannel(
  url: string,
  work: (channel: ConfirmChannel) => Promise<unknown>,
): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await work(channel);
  await channel.waitForConfirms();
  await connection.close();
}

function through(url: string, proxy: TcpProxy): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  changed.searchParams.set('heartbeat', '1'); // A silent broker is to be noticed within the test.
  return changed.href;
}
