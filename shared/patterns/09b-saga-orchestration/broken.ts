import type { Keeping, Obey } from './small-saga.ts';

/**
 * BUG: saga without persisted state. "A map will do, a saga takes a second": when the process dies in the middle, its
 * successor takes the reply for one that nobody awaits. The stock stays reserved, and the order never ends.
 */
export function keptInMemory(): Keeping {
  const sagas = new Map<string, unknown>();
  return {
    lock: async <Kept>(_tx: unknown, id: string) => sagas.get(id) as Kept | undefined,
    save: async (_tx, { state }) => void sagas.set(state.id, state),
  };
}

const undoings: Readonly<Record<string, string>> = {
  'inventory.release': 'inventory.released',
  'payment.refund': 'payment.refunded',
  'order.cancel': 'order.cancelled',
};

/**
 * BUG: compensation error ignored. "We are undoing already, what more could be done about an error?": `_ = refund()`. The
 * saga goes on as if the refund had been made, ends in good order, and the customer has paid for nothing.
 */
export function ignoringErrorsOfUndoing(obey: Obey): Obey {
  return async (tx, command, orderId, amount) => {
    const reply = undoings[command];
    if (!reply) return obey(tx, command, orderId, amount);
    return obey(tx, command, orderId, amount).catch(() => reply);
  };
}
