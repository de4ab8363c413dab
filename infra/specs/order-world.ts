import { derivedMessageId } from '@conveyor/brokers';
import type { CancelReason, PaymentToken, SagaStyle } from '@conveyor/contracts';
import type { Draft, MessageData, MessageType } from '@conveyor/contracts/messages';
import {
  decide as decideReservation,
  evolve as evolveReservation,
  movementsOf,
  noReservation,
  type Reservation,
  type ReservationCommand,
} from '@conveyor/inventory/domain/reservation';
import {
  decide as decideOrder,
  evolve as evolveOrder,
  noOrder,
  type Order,
  type OrderCommand,
  type Placement,
} from '@conveyor/order/domain/order';
import type { OrderSagaState } from '@conveyor/order-saga/order-saga';
import { advance, type Overdue, type SagaMessage } from '@conveyor/patterns/saga-orchestration/advance';
import { progress } from '@conveyor/patterns/saga-orchestration/progress';
import {
  beginRefund,
  type Charge,
  endCharge,
  endRefund,
  giveUpCharge,
  isPending,
  needsRefund,
  newCharge,
  newRefund,
  resumeCharge,
} from '@conveyor/payment/domain/charge';
import { type ChargeRecord, decideCharge, decideVoid } from '@conveyor/sandbox/domain/charge';
import { orderSaga } from './order-saga.ts';
import { subscriptionsOf } from './subscriptions-of.ts';

/** What an order meets on its way. */
export interface Scenario {
  readonly saga: SagaStyle;
  readonly paymentToken: PaymentToken;
  readonly inStock: boolean;
  /** Whether its customer wants it cancelled, at a moment of chance. */
  readonly isCancelled: boolean;
  /** Whether the time to pay ends, at a moment of chance; otherwise when all else is over. */
  readonly expires: boolean;
  /** Whether what the orchestrator waits for may be overdue, at a moment of chance. */
  readonly isHasty: boolean;
}

/** A message, or the later part of an effect outside, that is yet to be taken. */
export interface Pending {
  readonly name: string;
  /** What follows from it; `again` when it could not be done yet. */
  readonly take: () => readonly Pending[] | 'again';
}

/** What is left when all is quiet. */
export interface Outcome {
  readonly status: Order['status'];
  readonly reason: CancelReason | undefined;
  /** Whether somebody was told that the order will be cancelled. */
  readonly isCancelPromised: boolean;
  /** Whether payment takes the order for paid, at the end. */
  readonly isPaid: boolean;
  readonly charges: number;
  readonly refunds: number;
  readonly net: number;
  readonly reserved: number;
  readonly onHand: number;
  readonly sold: number;
  readonly saga: string;
}

export const quantity = 2;
export const shelf = 10;
const price = 950;

const orderId = '0198c1a0-0000-7000-8000-000000000001';

interface Sent {
  readonly id: string;
  readonly type: MessageType;
  readonly data: object;
  readonly causationId?: string;
}

/**
 * One order and all who have to do with it, as their decisions alone: what the databases and brokers add is
 * atomicity and delivery. There is no inbox here, so every repetition reaches a decision.
 */
export class OrderWorld {
  readonly #scenario: Scenario;
  readonly #copies: () => number;
  #order: Order = noOrder;
  #reservation: Reservation = noReservation;
  #stock = { onHand: shelf, reserved: 0, sold: 0 };
  #charge: Charge | undefined;
  #provider: ChargeRecord = { key: `charge:${orderId}`, status: 'open', failedCalls: 0 };
  #ledger: { readonly kind: 'charge' | 'refund'; readonly amount: number }[] = [];
  #saga: OrderSagaState | undefined;
  #sent = 0;
  #isCancelPromised = false;

  /** What each makes of a message that it has subscribed to. */
  readonly #services: Readonly<Record<string, (sent: Sent) => readonly Pending[] | 'again'>> = {
    order: (sent) => this.#orderHears(sent),
    inventory: (sent) => this.#inventoryHears(sent),
    payment: (sent) => this.#paymentHears(sent),
    'order-saga': (sent) => this.#sagaHears(sent),
  };

  /** `copies`: how often the next message is delivered. */
  constructor(scenario: Scenario, copies: () => number) {
    this.#scenario = scenario;
    this.#copies = copies;
  }

  /** The client's requests. */
  begin(): readonly Pending[] {
    const placement: Placement = {
      orderId,
      customerId: 'ada',
      items: [{ sku: 'mug', name: 'Mug', quantity, unitPrice: price }],
      total: { amount: quantity * price, currency: 'EUR' },
      priority: 'standard',
      saga: this.#scenario.saga,
      broker: 'kafka',
    };
    const placed = this.#changeOrder({ type: 'place', placement });
    const cancel: Pending = {
      name: 'POST cancel',
      take: () => this.#changeOrder({ type: 'request-cancel', reason: 'cancelled-by-customer' }),
    };
    return [
      ...(placed === 'again' ? [] : placed),
      ...(this.#scenario.isCancelled ? [cancel] : []),
      ...(this.#scenario.expires ? this.expire() : []),
    ];
  }

  /** The end of the time to pay, which comes to every order. */
  expire(): readonly Pending[] {
    return this.#send({ type: 'order.expire', subject: orderId, data: { orderId } });
  }

  outcome(): Outcome {
    const of = (kind: string) => this.#ledger.filter((entry) => entry.kind === kind);
    return {
      status: this.#order.status,
      reason: this.#order.status === 'none' ? undefined : this.#order.reason,
      isCancelPromised: this.#isCancelPromised,
      isPaid: this.#charge?.status === 'charged',
      charges: of('charge').length,
      refunds: of('refund').length,
      net: this.#ledger.reduce((sum, { kind, amount }) => sum + (kind === 'charge' ? amount : -amount), 0),
      ...this.#stock,
      saga: this.#scenario.saga === 'orchestration' ? progress(orderSaga, this.#saga).state : 'done',
    };
  }

  /** As often as chance will have it, to everyone who has subscribed to it for orders of this style. */
  #send(draft: Draft, causationId?: string): readonly Pending[] {
    this.#sent += 1;
    const id = draft.id ?? derivedMessageId(orderId, String(this.#sent));
    const sent: Sent = { id, type: draft.type, data: draft.data ?? {}, ...(causationId && { causationId }) };
    return Object.entries(this.#services).flatMap(([service, hears]) => {
      if (!isSubscribed(service, sent.type, this.#scenario.saga)) return [];
      const take = () => hears(sent);
      return Array.from({ length: this.#copies() }, () => ({ name: sent.type, take }));
    });
  }

  #tell(drafts: readonly Draft[], cause?: Sent): readonly Pending[] {
    return drafts.flatMap((draft) => this.#send(draft, cause?.id));
  }

  #changeOrder(command: OrderCommand, cause?: Sent): readonly Pending[] | 'again' {
    const decision = decideOrder(command, this.#order);
    if ('rejected' in decision) return decision.rejected === 'unknown-order' ? 'again' : [];
    this.#order = decision.reduce(evolveOrder, this.#order);
    this.#isCancelPromised ||= decision.some(({ type }) => type === 'order.cancel-requested');
    const drafts = decision.map(({ type, data }) => ({ type, subject: orderId, data }) as Draft);
    return this.#tell(drafts, cause);
  }

  #orderHears(sent: Sent): readonly Pending[] | 'again' {
    switch (sent.type) {
      case 'inventory.reserved':
        return this.#changeOrder({ type: 'note-reserved' }, sent);
      case 'payment.completed':
        return this.#changeOrder({ type: 'note-paid' }, sent);
      case 'inventory.rejected':
      case 'payment.failed':
      case 'order.cancel': {
        const { reason } = sent.data as MessageData<'inventory.rejected' | 'payment.failed' | 'order.cancel'>;
        return this.#changeOrder({ type: 'cancel', reason }, sent);
      }
      case 'order.complete':
        return this.#changeOrder({ type: 'complete' }, sent);
      case 'order.expire':
        return this.#changeOrder({ type: 'expire' }, sent);
      default:
        return [];
    }
  }

  #inventoryHears(sent: Sent): readonly Pending[] | 'again' {
    switch (sent.type) {
      case 'order.created':
      case 'inventory.reserve':
        return this.#reserve(sent);
      case 'payment.failed':
      case 'order.cancelled':
        return this.#release(sent, false);
      case 'inventory.release':
        return this.#release(sent, true);
      case 'order.completed':
        return this.#changeReservation({ type: 'sell' }) ? [] : 'again';
      default:
        return [];
    }
  }

  #reserve(sent: Sent): readonly Pending[] {
    const available = new Map([['mug', this.#scenario.inStock ? this.#stock.onHand : 0]]);
    const { items, total, priority } = sent.data as MessageData<'inventory.reserve'>;
    const events = this.#changeReservation({ type: 'reserve', items, available }) ?? [];
    return this.#tell(
      events.flatMap((event): Draft[] => {
        if (event.type === 'reserved') {
          const data = { orderId, items: [...event.items], total, priority };
          return [{ type: 'inventory.reserved', subject: orderId, data }];
        }
        if (event.type !== 'rejected') return [];
        const data = { orderId, reason: 'out-of-stock' as const, missing: [...event.missing] };
        return [{ type: 'inventory.rejected', subject: orderId, data }];
      }),
      sent,
    );
  }

  #release(sent: Sent, isAwaited: boolean): readonly Pending[] {
    const events = this.#changeReservation({ type: 'release' });
    if (!events) throw new Error(`${sent.type}: what is sold cannot be released`);
    const items = events.flatMap((event) => (event.type === 'released' ? [...event.items] : []));
    if (items.length === 0 && !isAwaited) return [];
    return this.#tell([{ type: 'inventory.released', subject: orderId, data: { orderId, items } }], sent);
  }

  /** Undefined when it was rejected. */
  #changeReservation(command: ReservationCommand) {
    const decision = decideReservation(command, this.#reservation);
    if ('rejected' in decision) return undefined;
    this.#reservation = decision.reduce(evolveReservation, this.#reservation);
    for (const { onHand, reserved, sold } of decision.flatMap(movementsOf)) {
      const before = this.#stock;
      this.#stock = {
        onHand: before.onHand + onHand,
        reserved: before.reserved + reserved,
        sold: before.sold + sold,
      };
    }
    return decision;
  }

  #paymentHears(sent: Sent): readonly Pending[] {
    switch (sent.type) {
      case 'inventory.reserved': {
        const { total: amount, priority } = sent.data as MessageData<'inventory.reserved'>;
        const data = { orderId, amount, priority };
        return this.#send({ type: 'payment.charge', subject: orderId, data }, sent.id);
      }
      case 'order.cancelled': {
        const { total: amount } = sent.data as MessageData<'order.cancelled'>;
        if (!needsRefund(this.#charge)) return [];
        return this.#send({ type: 'payment.refund', subject: orderId, data: { orderId, amount } }, sent.id);
      }
      case 'payment.charge':
        return this.#intendCharge(sent);
      case 'payment.refund':
        return this.#intendRefund(sent);
      default:
        return [];
    }
  }

  /** The intent is one moment, the provider's answer another, its outcome a third: anything may come in between. */
  #intendCharge(sent: Sent): readonly Pending[] {
    const { amount } = sent.data as MessageData<'payment.charge'>;
    this.#charge = this.#charge ? resumeCharge(this.#charge, 0, 1) : newCharge({ orderId, amount }, 1);
    if (!isPending(this.#charge)) return [];
    return [{ name: 'call the provider', take: () => this.#callProvider(sent) }];
  }

  #callProvider(sent: Sent): readonly Pending[] {
    const { paymentToken } = this.#scenario;
    if (paymentToken === 'tok_timeout' || this.#charge?.status === 'voiding') {
      return [{ name: 'give the charge up', take: () => this.#giveUp(sent) }];
    }
    const request = {
      key: this.#provider.key,
      orderId,
      amount: quantity * price,
      currency: 'EUR' as const,
      token: paymentToken,
    };
    const decision = decideCharge(this.#provider, request, false);
    if ('rejected' in decision) throw new Error(decision.rejected);
    this.#provider = decision.record;
    if (decision.movement) this.#ledger.push({ kind: 'charge', amount: request.amount });
    const { answer } = decision;
    if (answer === 'unavailable') {
      return [{ name: 'call the provider again', take: () => this.#callProvider(sent) }];
    }
    return [{ name: 'settle the charge', take: () => this.#settleCharge(sent, answer) }];
  }

  #giveUp(sent: Sent): readonly Pending[] {
    if (!this.#charge) throw new Error('there is no charge to give up');
    this.#charge = giveUpCharge(this.#charge);
    if (this.#charge.status !== 'voiding') {
      return [{ name: 'settle the charge', take: () => this.#settleCharge(sent, 'superseded') }];
    }
    return [
      {
        name: 'void the charge',
        take: () => {
          this.#void();
          return [{ name: 'settle the charge', take: () => this.#settleCharge(sent, 'voided') }];
        },
      },
    ];
  }

  #settleCharge(
    sent: Sent,
    outcome: 'charged' | 'declined' | 'voided' | 'superseded',
  ): readonly Pending[] | 'again' {
    if (!this.#charge) throw new Error('there is no charge to settle');
    const settled = endCharge(this.#charge, outcome);
    // The message comes again, and finds what the other delivery has made of it.
    if ('rejected' in settled) {
      return [{ name: 'payment.charge again', take: () => this.#intendCharge(sent) }];
    }
    this.#charge = settled.charge;
    return this.#tell(settled.tell, sent);
  }

  #intendRefund(sent: Sent): readonly Pending[] {
    const { amount } = sent.data as MessageData<'payment.refund'>;
    this.#charge = this.#charge ? beginRefund(this.#charge) : newRefund({ orderId, amount });
    if (this.#charge.status === 'refunded') return [];
    return [
      {
        name: 'void for the refund',
        take: () => {
          const refunded = this.#void();
          return [{ name: 'settle the refund', take: () => this.#settleRefund(sent, refunded) }];
        },
      },
    ];
  }

  #settleRefund(sent: Sent, refunded: number): readonly Pending[] {
    if (!this.#charge) throw new Error('there is no refund to settle');
    const settled = endRefund(this.#charge, refunded);
    this.#charge = settled.charge;
    return this.#tell(settled.tell, sent);
  }

  #void(): number {
    const { record, answer, movement } = decideVoid(this.#provider);
    this.#provider = record;
    if (movement) this.#ledger.push({ kind: 'refund', amount: movement.request.amount });
    return answer.amount;
  }

  #sagaHears({ type, data, causationId }: Sent): readonly Pending[] {
    return this.#advanceSaga({ type, subject: orderId, causationId, data });
  }

  #advanceSaga(message: SagaMessage | Overdue): readonly Pending[] {
    const advanced = advance(orderSaga, this.#saga, message);
    if ('dropped' in advanced) return [];
    const { state, commands, limitMs } = advanced;
    this.#saga = state;
    const told = this.#tell(commands as readonly Draft[]);
    if (!this.#scenario.isHasty || limitMs === undefined || !('awaiting' in state)) return told;
    const { awaiting } = state;
    return [...told, { name: 'overdue', take: () => this.#advanceSaga({ overdue: awaiting }) }];
  }
}

function isSubscribed(service: string, type: MessageType, style: SagaStyle): boolean {
  const lines = subscriptionsOf[service] ?? [];
  return lines.some((line) => line.type === type && (line.saga ?? style) === style);
}
