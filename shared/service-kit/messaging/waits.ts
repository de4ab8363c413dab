import type { Waits } from '@conveyor/topology';
import type { MessagingConfig } from '../config.ts';

/** What stands in the names of queues and topics. All services must have the same. */
export function waitsOf(config: MessagingConfig): Waits {
  return {
    delays: { orderExpiresAfterMs: config.ORDER_EXPIRES_AFTER_MS },
    retryDelaysMs: config.RETRY_DELAYS_MS.split(',').map(Number),
  };
}
