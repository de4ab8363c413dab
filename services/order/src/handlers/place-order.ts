import type { PaymentToken } from '@conveyor/contracts';
import type { AcceptedOrder, PlaceOrderBody } from '@conveyor/contracts/http';
import type { Draft } from '@conveyor/contracts/messages';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { Messaging } from '@conveyor/service-kit/messaging/messaging';
import { decide, noOrder, type Placement } from '../domain/order.ts';
import { duplicateSku, type PricingRejection, price } from '../domain/pricing.ts';
import { saveOrder } from './order-stream.ts';
import type { IdempotencyKey, IdempotencyKeys, PaymentTokens, Quotes, RequestCause } from './ports.ts';

export interface PlaceOrderDeps {
  readonly database: Database;
  readonly quotes: Quotes;
  readonly tokens: PaymentTokens;
  readonly keys: IdempotencyKeys;
  readonly send: Messaging['send'];
  readonly newOrderId: () => string;
}

export interface PlaceOrderRequest {
  readonly body: PlaceOrderBody;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly key?: IdempotencyKey;
}

export type Refusal =
  | PricingRejection
  | { readonly rejected: 'duplicate-sku'; readonly item: number }
  | { readonly rejected: 'no-quote' | 'key-in-flight' | 'key-with-other-body' };

/** `again`: it was accepted before, under the same key. */
export type Placing = { readonly accepted: AcceptedOrder; readonly again?: true } | Refusal;

/** Accepts orders: once per idempotency key, priced by inventory, durable before the client hears of it. */
export function createPlaceOrder(deps: PlaceOrderDeps): (request: PlaceOrderRequest) => Promise<Placing> {
  return async (request) => {
    const duplicate = duplicateSku(request.body.items);
    if (duplicate >= 0) return { rejected: 'duplicate-sku', item: duplicate };
    if (!request.key) return quoteAndPlace(deps, request);

    const claim = await deps.keys.claim(request.key);
    switch (claim.outcome) {
      case 'answered':
        return { accepted: claim.response, again: true };
      case 'in-flight':
        return { rejected: 'key-in-flight' };
      case 'other-body':
        return { rejected: 'key-with-other-body' };
      case 'claimed':
        return placeClaimed(deps, request, request.key, claim.claimId);
      default:
        return claim satisfies never;
    }
  };
}

async function placeClaimed(
  deps: PlaceOrderDeps,
  request: PlaceOrderRequest,
  key: IdempotencyKey,
  claimId: string,
): Promise<Placing> {
  let placed = false;
  try {
    const placing = await quoteAndPlace(deps, request, { key, claimId });
    placed = 'accepted' in placing;
    return placing;
  } finally {
    if (!placed) await deps.keys.release(claimId, key);
  }
}

async function quoteAndPlace(
  deps: PlaceOrderDeps,
  { body, correlationId, traceparent }: PlaceOrderRequest,
  claimed?: { readonly key: IdempotencyKey; readonly claimId: string },
): Promise<Placing> {
  const { paymentToken, ...wishes } = wishesOf(body);
  const cause: RequestCause = {
    correlationid: correlationId,
    traceparent,
    saga: wishes.saga,
    broker: wishes.broker,
  };
  const quote = await deps.quotes.ask(
    wishes.broker,
    cause,
    body.items.map(({ sku }) => sku),
  );
  if (!quote) return { rejected: 'no-quote' };
  const priced = price(body.items, quote.products, body.currency);
  if ('rejected' in priced) return priced;

  const placement: Placement = {
    ...wishes,
    ...priced,
    orderId: deps.newOrderId(),
    customerId: body.customerId,
  };
  const accepted = acceptance(placement, correlationId);
  return deps.database.transaction(async (tx) => {
    if (claimed && !(await deps.keys.keepAnswer(tx, claimed.claimId, claimed.key, accepted))) {
      return { rejected: 'key-in-flight' };
    }
    const decision = decide({ type: 'place', placement }, noOrder);
    if ('rejected' in decision) throw new Error(`a new order was rejected: ${decision.rejected}`);
    const { orderId } = placement;
    const nothing = { order: noOrder, version: 0 };
    const { drafts, state } = await saveOrder(tx, orderId, nothing, decision, cause);
    await deps.tokens.keep(tx, orderId, paymentToken);
    await deps.send(tx, cause, [...drafts, expiry(orderId)], state);
    return { accepted };
  });
}

/** What the order will hear when the time to pay is over. */
function expiry(orderId: string): Draft {
  return { type: 'order.expire', subject: orderId, data: { orderId } };
}

/** What a client leaves out. */
function wishesOf(
  body: PlaceOrderBody,
): Pick<Placement, 'broker' | 'saga' | 'priority'> & { paymentToken: PaymentToken } {
  return {
    broker: body.broker ?? 'kafka',
    saga: body.saga ?? 'choreography',
    priority: body.priority ?? 'standard',
    paymentToken: body.paymentToken ?? 'tok_approved',
  };
}

/** What the client is told once the order is durable. */
function acceptance({ orderId, total, saga, broker }: Placement, correlationId: string): AcceptedOrder {
  return { orderId, status: 'pending', total, saga, broker, correlationId };
}
