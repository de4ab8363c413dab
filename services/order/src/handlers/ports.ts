import type { BrokerName, PaymentToken } from '@conveyor/contracts';
import type { AcceptedOrder } from '@conveyor/contracts/http';
import type { MessageData } from '@conveyor/contracts/messages';
import type { Story } from '@conveyor/patterns/correlation-tracing/story';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** What led to a request's messages; the outbox writes it on each of them. */
export interface RequestCause extends Story {
  readonly saga: string;
  readonly broker: BrokerName;
}

export type Quote = MessageData<'inventory.quoted'>;

/** Asks inventory for names and prices, over the order's own broker. */
export interface Quotes {
  /** Undefined when there is no answer in time: then the order cannot be accepted. */
  ask(broker: BrokerName, cause: RequestCause, skus: readonly string[]): Promise<Quote | undefined>;
}

export interface PaymentTokens {
  keep(tx: Tx, orderId: string, token: PaymentToken): Promise<void>;
  /** Of orders that ended so long ago that nobody charges for them any more. */
  forget(tx: Tx, orderIds: readonly string[]): Promise<void>;
}

export interface IdempotencyKey {
  readonly customerId: string;
  readonly key: string;
  /** Of the request's body: the same key with another one is refused. */
  readonly requestHash: string;
}

export type Claim =
  | { readonly outcome: 'claimed'; readonly claimId: string }
  | { readonly outcome: 'in-flight' }
  | { readonly outcome: 'other-body' }
  | { readonly outcome: 'answered'; readonly response: AcceptedOrder };

/** What a client's Idempotency-Key led to. */
export interface IdempotencyKeys {
  /**
   * Claims the key for one request. The claim is leased for 10 s, so that a process that dies with it
   * does not block the client for a day; a key is forgotten after 24 h.
   */
  claim(key: IdempotencyKey): Promise<Claim>;
  /** Keeps the answer for repeats, in the transaction that creates the order. False: the lease ran out and someone else holds the key. */
  keepAnswer(tx: Tx, claimId: string, key: IdempotencyKey, response: AcceptedOrder): Promise<boolean>;
  /** Gives a claim back after an error: errors are not stored, the client may try again. */
  release(claimId: string, key: IdempotencyKey): Promise<void>;
}
