import type { Draft } from '@conveyor/contracts/messages';
import type { Effect } from '@conveyor/service-kit/messaging/message';
import type { Deliveries } from '../adapters/deliveries.ts';
import type { Channel, Notification } from '../domain/notification.ts';

/** What is handed to a provider. */
export interface Parcel<Content> {
  /** The same whenever this message is delivered again, so that a provider can tell a repetition. */
  readonly key: string;
  readonly orderId: string;
  readonly content: Content;
}

export interface DeliverPorts<Content> {
  readonly channel: Channel;
  readonly deliveries: Deliveries;
  readonly write: (notification: Notification) => Content;
  /** Resolves once the provider has taken it over; throws a fault otherwise. */
  readonly send: (parcel: Parcel<Content>, signal: AbortSignal) => Promise<void>;
}

/** Delivers a notification through one channel: written down, sent, settled and told. */
export function deliver<Content>(
  ports: DeliverPorts<Content>,
): Effect<'notification.requested', Parcel<Content>, void> {
  const { channel, deliveries, write, send } = ports;
  return {
    async intend(tx, { id, data }) {
      if (!(await deliveries.intend(tx, id, channel, data.orderId))) return { settled: [] };
      return { perform: { key: `${channel}:${id}`, orderId: data.orderId, content: write(data) } };
    },
    perform: send,
    async settle(tx, { id, data: { orderId } }) {
      await deliveries.settle(tx, id, channel);
      const draft: Draft = { type: 'notification.delivered', subject: orderId, data: { orderId, channel } };
      return { drafts: [draft], delivered: channel };
    },
  };
}
