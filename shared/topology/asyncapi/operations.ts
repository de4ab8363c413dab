import { type MessageType, messageTypes, versionOf, versionsOf } from '@conveyor/contracts/messages';
import { type ConsumerName, consumerNames, consumerSpec } from '../consumers.ts';
import { delayedRoutes, isDelayed, type Waits, waitingPlace } from '../delays.ts';
import { delayTopicsOfConsumer, topicsOfConsumer } from '../kafka.ts';
import { quoteChannels, type RoutedType, routes, topicsOf } from '../routes.ts';
import { senders, serviceOf } from '../senders.ts';
import { isSnapshot, snapshotTopics } from '../snapshots.ts';
import { type Channel, channelId } from './channels.ts';
import { typesOf } from './contents.ts';
import { versionId } from './messages.ts';

type Operations = Readonly<Record<string, object>>;

/** Who sends what where, and who takes what from where: the two halves of each conversation. */
export function operationsOf(waits: Waits, channels: readonly Channel[]): Operations {
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  const channel = (id: string): Channel => {
    const found = byId.get(id);
    if (!found) throw new Error(`There is no channel ${id}`);
    return found;
  };
  const sends = messageTypes.flatMap((type) =>
    senders[type].flatMap((service) => placesOf(type, waits).map((id) => send(service, type, channel(id)))),
  );
  const receives = consumerNames.flatMap((name) =>
    sourcesOf(name, waits)
      .filter((id) => byId.has(id))
      .map((id) => receive(name, channel(id))),
  );
  return Object.fromEntries([...sends, ...receives, ...answering(channel)]);
}

/** The channels that messages of a type are sent to. */
function placesOf(type: MessageType, { delays }: Waits): readonly string[] {
  if (type === 'inventory.quote') {
    return [channelId.queue(quoteChannels.rabbitmq.requests), channelId.topic(quoteChannels.kafka.requests)];
  }
  if (type === 'inventory.quoted') return [channelId.answers, channelId.topic(quoteChannels.kafka.replies)];
  if (isDelayed(type)) {
    const topic = waitingPlace(type, 'kafka', '', delays).channel;
    return [channelId.queue(waitingPlace(type, 'rabbitmq', '', delays).key), channelId.topic(topic)];
  }
  if (isSnapshot(type)) return [channelId.topic(snapshotTopics[type])];
  const routed = type as RoutedType;
  return [channelId.key(routes[routed].exchange, type), ...topicsOf(routed).map(channelId.topic)];
}

/** The channels that a consumer may take its messages from; what failed comes back to it by others. */
function sourcesOf(name: ConsumerName, { delays }: Waits): readonly string[] {
  const topics = [...topicsOfConsumer(name), ...delayTopicsOfConsumer(name, delays)];
  return [channelId.queue(name), ...topics.map(channelId.topic)];
}

function send(service: string, type: MessageType, channel: Channel): readonly [string, object] {
  const persistent = type in routes || type in delayedRoutes;
  const amqp = { deliveryMode: persistent ? 2 : 1, mandatory: true, bindingVersion: '0.3.0' };
  return [
    `${service}.sends.${type}.to.${channel.id}`,
    {
      action: 'send',
      title: `${service} sends ${type}`,
      channel: reference(channel),
      messages: [messageIn(channel, type, versionOf(type))],
      ...(channel.broker === 'rabbitmq' && { bindings: { amqp } }),
      ...(type === 'inventory.quote' && { reply: replyOn(channel.broker) }),
    },
  ];
}

function receive(name: ConsumerName, channel: Channel): readonly [string, object] {
  const types = typesOf(name).filter((type) => channel.types.includes(type));
  // Who reads the log has a group for each build of what it makes of it.
  const groupId = { type: 'string', ...(!consumerSpec(name).readsLog && { enum: [name] }) };
  const group = { groupId, bindingVersion: '0.5.0' };
  return [
    `${name}.takes.from.${channel.id}`,
    {
      action: 'receive',
      title: `${serviceOf(name)} takes from ${channel.address}`,
      channel: reference(channel),
      messages: types.flatMap((type) => versionsOf(type).map((_, n) => messageIn(channel, type, n + 1))),
      bindings:
        channel.broker === 'kafka' ? { kafka: group } : { amqp: { ack: true, bindingVersion: '0.3.0' } },
    },
  ];
}

/** Questions and answers have no consumer of their own in the table: a request is served, and a reply awaited. */
function answering(channel: (id: string) => Channel): readonly (readonly [string, object])[] {
  return (['rabbitmq', 'kafka'] as const).map((broker) => {
    const { requests } = quoteChannels[broker];
    const questions = channel(broker === 'kafka' ? channelId.topic(requests) : channelId.queue(requests));
    return [
      `inventory.answers.${questions.id}`,
      {
        action: 'receive',
        title: 'inventory answers with its prices',
        channel: reference(questions),
        messages: [messageIn(questions, 'inventory.quote', versionOf('inventory.quote'))],
        reply: replyOn(broker),
      },
    ];
  });
}

function replyOn(broker: Channel['broker']): object {
  const id = broker === 'kafka' ? channelId.topic(quoteChannels.kafka.replies) : channelId.answers;
  const channel = { $ref: `#/channels/${id}` };
  const message = versionId('inventory.quoted', versionOf('inventory.quoted'));
  return { channel, messages: [{ $ref: `${channel.$ref}/messages/${message}` }] };
}

function reference({ id }: Channel): { readonly $ref: string } {
  return { $ref: `#/channels/${id}` };
}

function messageIn(channel: Channel, type: MessageType, version: number): { readonly $ref: string } {
  return { $ref: `${reference(channel).$ref}/messages/${versionId(type, version)}` };
}
