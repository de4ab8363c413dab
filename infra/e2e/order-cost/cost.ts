import type { BrokerName } from '@conveyor/contracts';
import { median } from '@conveyor/testing/median';
import type { LoggedStatement } from './parse-log.ts';
import { type Transaction, transactionsOf } from './transactions.ts';

/** What one order costs one service. The same each time, to the byte. */
export interface Cost {
  readonly statements: number;
  readonly commits: number;
  readonly kafkaMessages: number;
  readonly kafkaBytes: number;
  readonly rabbitmqMessages: number;
  readonly rabbitmqBytes: number;
}

/** By service. */
export type OrderCost = Readonly<Record<string, Cost>>;

/** A message that was sent for an order; `bytes`: of its body and its headers. */
export interface SentMessage {
  readonly service: string;
  readonly broker: BrokerName;
  readonly type: string;
  readonly bytes: number;
}

/** What is said whether there are orders or not. */
export interface Background {
  /** The connections of the relays: how many rows share one of their batches is chance. */
  readonly relays: ReadonlySet<number>;
  /** What is asked again and again, for no order in particular. */
  readonly timers: ReadonlySet<string>;
}

/** The entries of the flight recorder share a message, and its writer's transaction: how many do is chance, too. */
const recorder = /^insert into journal /;
export const recorded = 'journal.recorded';

/** The transactions that the services made for orders, from what they said. */
export function transactionsForOrders(
  statements: readonly LoggedStatement[],
  { relays, timers }: Background,
): readonly Transaction[] {
  return transactionsOf(statements.filter(({ connection }) => !relays.has(connection))).filter(
    (transaction) =>
      !isTimer(transaction, timers) && !transaction.statements.some(({ text }) => recorder.test(text)),
  );
}

export function isTimer({ statements }: Transaction, timers: ReadonlySet<string>): boolean {
  return statements.every(({ text }) => timers.has(text));
}

export function costOf(transactions: readonly Transaction[], messages: readonly SentMessage[]): OrderCost {
  const services = new Set([...transactions.map(serviceOf), ...messages.map(({ service }) => service)]);
  return Object.fromEntries(
    [...services].sort().map((service) => {
      const own = transactions.filter((transaction) => serviceOf(transaction) === service);
      const sent = messages.filter((message) => message.service === service && message.type !== recorded);
      return [service, { ...costOfStatements(own), ...costOfMessages(sent) }];
    }),
  );
}

const serviceOf = ({ role }: Transaction) => role.replace('conveyor_', '').replaceAll('_', '-');

function costOfStatements(transactions: readonly Transaction[]) {
  return {
    // BEGIN and COMMIT are round trips like all others.
    statements: sum(transactions.map((each) => each.statements.length + (each.isExplicit ? 2 : 0))),
    commits: transactions.filter(({ isCommit }) => isCommit).length,
  };
}

function costOfMessages(messages: readonly SentMessage[]) {
  const on = (name: BrokerName) => messages.filter(({ broker }) => broker === name);
  const bytes = (name: BrokerName) => sum(on(name).map((message) => message.bytes));
  return {
    kafkaMessages: on('kafka').length,
    kafkaBytes: bytes('kafka'),
    rabbitmqMessages: on('rabbitmq').length,
    rabbitmqBytes: bytes('rabbitmq'),
  };
}

/** The middle of what several orders have cost: what came twice, or shared a transaction, has cost one of them more or less. */
export function medianCost(costs: readonly OrderCost[]): OrderCost {
  const services = new Set(costs.flatMap((cost) => Object.keys(cost)));
  return Object.fromEntries(
    [...services].sort().map((service) => {
      const of = (figure: keyof Cost) => median(costs.map((cost) => cost[service]?.[figure] ?? 0));
      return [service, Object.fromEntries(figures.map((figure) => [figure, of(figure)]))];
    }),
  ) as unknown as OrderCost;
}

export const figures: readonly (keyof Cost)[] = [
  'statements',
  'commits',
  'kafkaMessages',
  'kafkaBytes',
  'rabbitmqMessages',
  'rabbitmqBytes',
];

/** The transactions of these that would wake somebody by NOTIFY: all of them would queue up behind one lock to commit. */
export function notifying(transactions: readonly Transaction[]): readonly Transaction[] {
  return transactions.filter(({ statements }) =>
    statements.some(({ text }) => /^notify\b|\bpg_notify\s*\(/i.test(text)),
  );
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
