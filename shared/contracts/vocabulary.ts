import { type Static, Type } from 'typebox';

/**
 * Words that messages and HTTP bodies share, each defined once. None refuses fields that it does not know: a message may come
 * from a newer writer. What a client sends is refused with such fields where its body is described.
 */

export const Currency = Type.Enum(['EUR', 'USD', 'GBP']);
export type Currency = Static<typeof Currency>;

/** Money is an integer of minor units (cents): floats cannot hold 0.10. */
export const Amount = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const Money = Type.Object({ amount: Amount, currency: Currency });
export type Money = Static<typeof Money>;

const skuPattern = '^[a-z0-9-]{1,64}$';

export const Sku = Type.String({ pattern: skuPattern, description: 'Stock keeping unit' });

/** Whether a product can have this sku. */
export function isSku(text: string): boolean {
  return new RegExp(skuPattern).test(text);
}

export const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/** A pseudonym: names and addresses of customers never enter a message. */
export const CustomerId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' });

export const OrderId = Type.String({ format: 'uuid' });

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether `text` is written as ids of orders and messages are (RFC 9562), in small or capital letters. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

export const Priority = Type.Enum(['express', 'standard', 'low']);
export type Priority = Static<typeof Priority>;

export const SagaStyle = Type.Enum(['choreography', 'orchestration']);
export type SagaStyle = Static<typeof SagaStyle>;

export const BrokerName = Type.Enum(['kafka', 'rabbitmq']);
export type BrokerName = Static<typeof BrokerName>;

export const orderStatuses = ['pending', 'reserved', 'paid', 'completed', 'cancelled'] as const;
export const OrderStatus = Type.Enum(orderStatuses);
export type OrderStatus = Static<typeof OrderStatus>;

export const CancelReason = Type.Enum([
  'out-of-stock',
  'payment-declined',
  'payment-timeout',
  'expired',
  'cancelled-by-customer',
]);
export type CancelReason = Static<typeof CancelReason>;

/** One line of an order, priced by inventory's quote. `unitPrice` is in minor units of the order's currency. */
export const OrderLine = Type.Object({
  sku: Sku,
  name: Type.String(),
  quantity: Quantity,
  unitPrice: Amount,
});
export type OrderLine = Static<typeof OrderLine>;

/** What is taken from or given back to the shelf. */
export const StockLine = Type.Object({ sku: Sku, quantity: Quantity });
export type StockLine = Static<typeof StockLine>;

/** The tokens of the simulated provider's test mode: each makes a charge end in one known way. */
export const PaymentToken = Type.Enum([
  'tok_approved',
  'tok_declined',
  'tok_flaky',
  'tok_timeout',
  'tok_slow',
]);
export type PaymentToken = Static<typeof PaymentToken>;
