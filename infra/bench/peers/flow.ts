import type { OrderSteps, PricedOrder, Wish } from './steps.ts';

/** Does something, and keeps its result: when the process dies later on, it is not done again. */
export type Durably = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/** One order from its placing to its completion. */
export async function untilCompleted(durably: Durably, steps: OrderSteps, wish: Wish): Promise<PricedOrder> {
  const order = { ...wish, total: await durably('place', () => steps.place(wish)) };
  for (const name of ['reserve', 'noteReserved', 'charge', 'complete'] as const)
    await durably(name, () => steps[name](order));
  return order;
}

/** What follows a completion, and nobody waits for. */
export async function afterwards(durably: Durably, steps: OrderSteps, order: PricedOrder): Promise<void> {
  for (const name of ['sell', 'email', 'sms', 'push'] as const) await durably(name, () => steps[name](order));
}
