import type { AcceptedOrder } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import type { Answer, Client, OrderRequest } from './client.ts';

/**
 * Places an order as a customer does: while the answer is to come again (503, no price was to be had in time), which a busy machine
 * may give, he does. Any other answer is the answer.
 */
export function accepted(
  client: Client,
  order: OrderRequest,
  options?: Parameters<Client['place']>[1],
): Promise<Answer<AcceptedOrder>> {
  return eventually(
    async () => {
      const answer = await client.place(order, options);
      if (answer.status === 503) throw new Error('no order was accepted until the end');
      return answer;
    },
    { timeoutMs: 60_000 },
  );
}
