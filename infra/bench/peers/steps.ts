import type { BrokerName, Money, SagaStyle, StockLine } from '@conveyor/contracts';

/** What a client asks for. The saga and the broker are written down with it, and lead to nothing here. */
export interface Wish {
  readonly orderId: string;
  readonly customerId: string;
  readonly items: readonly StockLine[];
  readonly saga: SagaStyle;
  readonly broker: BrokerName;
}

export type PricedOrder = Wish & { readonly total: Money };

type Step = (order: PricedOrder) => Promise<void>;

/**
 * What the services do for one order that is completed, by their own handlers, in databases like theirs, with the same
 * providers: the same statements in the same transactions, but no inbox and no outbox, since a peer has its own way to go on.
 * Each step may be repeated.
 */
export interface OrderSteps {
  readonly place: (wish: Wish) => Promise<Money>;
  readonly reserve: Step;
  readonly noteReserved: Step;
  readonly charge: Step;
  readonly complete: Step;
  readonly sell: Step;
  readonly email: Step;
  readonly sms: Step;
  readonly push: Step;
}

export interface Places {
  /** Where the copies of the services' databases are. */
  readonly POSTGRES_URL: string;
  readonly SANDBOX_URL: string;
  readonly SMTP_URL: string;
}
