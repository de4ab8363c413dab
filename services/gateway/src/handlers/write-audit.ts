import type { MessageType } from '@conveyor/contracts/messages';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Handle, Message } from '@conveyor/service-kit/messaging/message';

/** Where heard events are kept. */
export interface AuditTrail {
  write(tx: Tx, message: Message): Promise<void>;
}

/** Writes down what was heard and answers nothing. */
export function writeAudit(trail: AuditTrail): Handle<MessageType> {
  return async (tx, message) => {
    await trail.write(tx, message);
    return [];
  };
}
