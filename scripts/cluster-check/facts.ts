import type { OrderView, ProductView } from '../../shared/contracts/http/index.ts';
import type { Facts, LedgerFact, OrderFact } from '../../shared/testing/invariants/facts.ts';
import type { Shop } from './shop.ts';

const atOnce = 10;

/**
 * What the invariants need, as far as the HTTP interface tells it: how orders have ended, what the payment provider has
 * taken, and what has become of the stock since `before`.
 */
export async function factsOf(
  shop: Shop,
  orderIds: readonly string[],
  before: readonly ProductView[],
): Promise<Facts> {
  const orders: OrderFact[] = [];
  const ledger: LedgerFact[] = [];
  for (let at = 0; at < orderIds.length; at += atOnce) {
    const some = orderIds.slice(at, at + atOnce);
    orders.push(...(await Promise.all(some.map(async (orderId) => toFact(await shop.order(orderId))))));
    ledger.push(...(await Promise.all(some.map((orderId) => shop.ledger(orderId)))).flat());
  }
  const products = (await shop.products()).map(({ sku, stock: { onHand, reserved, sold } }) => {
    const then = before.find((product) => product.sku === sku)?.stock ?? { onHand: 0, sold: 0 };
    return { sku, onHand, reserved, sold: sold - then.sold, adjusted: then.onHand };
  });
  return { orders, ledger, products, reservations: [], payments: [], sagas: [] };
}

/** Its stream is not shown; that it has ended is. */
function toFact({ orderId, status, total, items }: OrderView): OrderFact {
  const events = status === 'completed' || status === 'cancelled' ? [`order.${status}`] : [];
  return { orderId, events, versions: [], total, items };
}
