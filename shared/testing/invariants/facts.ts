/** What the databases and the payment provider's own ledger say, read without asking any service. */
export interface Facts {
  readonly orders: readonly OrderFact[];
  readonly ledger: readonly LedgerFact[];
  readonly products: readonly ProductFact[];
  readonly reservations: readonly ReservationFact[];
  readonly payments: readonly PaymentFact[];
  readonly sagas: readonly SagaFact[];
}

/** An order, folded from its events by the checker itself. */
export interface OrderFact {
  readonly orderId: string;
  /** The types of its events, in the order of the stream. */
  readonly events: readonly string[];
  /** The versions of its events, in the order of the stream. */
  readonly versions: readonly number[];
  readonly total: { readonly amount: number; readonly currency: string };
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

export interface LedgerFact {
  readonly orderId: string;
  readonly kind: 'charge' | 'refund';
  readonly amount: number;
  readonly currency: string;
}

export interface ProductFact {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly sold: number;
  /** The sum of all its adjustments. */
  readonly adjusted: number;
}

export interface ReservationFact {
  readonly orderId: string;
  readonly status: string;
}

/** What payment has written down of an order's charge. */
export interface PaymentFact {
  readonly orderId: string;
  readonly status: string;
}

/** A saga that somebody conducts. */
export interface SagaFact {
  readonly orderId: string;
  /** `done` once there is nothing left to do or to undo. */
  readonly status: string;
  /** `completed` or `compensated`, once it is done. */
  readonly end: string | null;
  /** Why it needs a person; null if it does not. */
  readonly stuck: string | null;
}
