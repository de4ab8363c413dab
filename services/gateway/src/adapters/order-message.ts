import { isUuid } from '@conveyor/contracts';
import { getOrderMessage } from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type Http, operation } from '@conveyor/service-kit/http';
import { notFound } from '@conveyor/service-kit/problems';
import { messageOf } from './journal.ts';

/** A message as the flight recorder has it. */
export function addOrderMessageRoute(http: Http, database: Tx): void {
  http.route({
    ...operation(getOrderMessage),
    async handler({ params: { id, messageId } }) {
      const isAsked = isUuid(id) && isUuid(messageId);
      const message = isAsked ? await messageOf(database, id, messageId.toLowerCase()) : undefined;
      if (!message) throw notFound('no such message of this order is recorded', '/messageId');
      return { envelope: message.attributes, data: message.data };
    },
  });
}
