import { getOrder, getSaga, getTimeline, type OrderView, type SagaProgress } from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type Http, operation } from '@conveyor/service-kit/http';
import { notFound, unavailable } from '@conveyor/service-kit/problems';
import { askService } from './ask-service.ts';
import { entriesOf, type KeptEntry } from './journal.ts';

export interface TimelineDeps {
  readonly database: Tx;
  /** Base URLs: the one knows the orders, the other where those are that it conducts. */
  readonly services: { readonly order: string; readonly 'order-saga': string };
  /** Where an order is that nobody conducts. */
  readonly progressOf: (entries: readonly KeptEntry[]) => SagaProgress;
  /** Why a saga that is conducted cannot go on, though its conductor knows nothing of that. */
  readonly heldUpBy: (entries: readonly KeptEntry[]) => string | undefined;
  /** How long the flight recorder keeps what it knows of an order. */
  readonly keptDays: number;
}

/** What happened to an order, from the flight recorder, and what is still to come. */
export function addTimelineRoute(
  http: Http,
  { database, services, progressOf, heldUpBy, keptDays }: TimelineDeps,
): void {
  http.route({
    ...operation(getTimeline),
    handler: async ({ params }) => {
      const order = await ask<OrderView>(services.order, getOrder.path, params.id);
      if (!order) throw notFound('there is no order with this id', '/id');
      const { orderId, saga: style } = order;
      const [entries, conducted] = await Promise.all([
        entriesOf(database, orderId),
        style === 'orchestration'
          ? ask<SagaProgress>(services['order-saga'], getSaga.path, orderId)
          : undefined,
      ]);
      const unconducted = () => (isForgotten(order, keptDays) ? longOver : progressOf(entries));
      const saga = conducted ? seenFromOutside(conducted, heldUpBy(entries)) : unconducted();
      return { orderId, entries: [...entries], saga: { style, ...saga } };
    },
  });
}

const longOver: SagaProgress = { state: 'done', done: [], next: [] };

function seenFromOutside(saga: SagaProgress, reason: string | undefined): SagaProgress {
  // What is being undone goes on without the message that was given up.
  const isHeldUp = saga.state === 'running' && reason !== undefined;
  return isHeldUp ? { ...saga, state: 'stuck', reason } : saga;
}

/** By its age, not by what is known of it: what happens is recorded a moment after an order has ended, too. */
function isForgotten({ status, updatedAt }: OrderView, keptDays: number): boolean {
  const isFinal = status === 'completed' || status === 'cancelled';
  return isFinal && Date.parse(updatedAt) < Date.now() - keptDays * 86_400_000;
}

/** What `service` says about an order, or undefined when it does not know it. */
async function ask<Answer>(service: string, path: string, orderId: string): Promise<Answer | undefined> {
  const answer = await askService(`${service}${path.replace(':id', encodeURIComponent(orderId))}`);
  if (answer?.status === 404) return undefined;
  if (!answer?.ok) throw unavailable('the service behind this does not answer', 1);
  return answer.body as Answer;
}
