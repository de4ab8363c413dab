import type { Broker, Publisher } from './port.ts';

/** `broker` with another publisher in front of it; all else goes on as it was. */
export function withPublisher(broker: Broker, publisher: Publisher): Broker {
  return {
    name: broker.name,
    publisher,
    start: () => broker.start(),
    connected: (signal) => broker.connected(signal),
    check: () => broker.check(),
    consume: (options) => broker.consume(options),
    replies: (channel, onReply) => broker.replies(channel, onReply),
    replyAddress: (ticket) => broker.replyAddress(ticket),
    close: () => broker.close(),
  };
}
