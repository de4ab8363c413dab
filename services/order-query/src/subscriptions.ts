import type { Message } from '@conveyor/service-kit/messaging/message';
import type { Subscription } from '@conveyor/service-kit/messaging/subscription';

/**
 * The log is read in batches, but what a batch can do nothing with is handled like any other message: tried, set aside,
 * redriven. There is no inbox: the version of the document tells what has gone into it.
 */
export function subscriptions(projectOne: (message: Message) => Promise<void>): readonly Subscription[] {
  return [
    {
      consumer: 'order-query.events',
      type: '#',
      retry: 'ladder',
      everyBroker: true,
      attach: () => async (message, _signal, recording) => {
        await projectOne(message);
        recording?.committed();
        return 'handled';
      },
    },
  ];
}
