import type { BrokerName } from '@conveyor/contracts';
import type { AcceptedOrder } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { type Combination, combinations } from '../combinations.ts';
import { type Databases, openDatabases } from '../databases.ts';
import type { System } from '../system.ts';
import { kafkaByHand, rabbitByHand, type Travelling } from '../travelling.ts';
import type { Budget } from './budget.ts';
import {
  type Background,
  costOf,
  isTimer,
  medianCost,
  recorded,
  type SentMessage,
  transactionsForOrders,
} from './cost.ts';
import { openStatementLog, type StatementLog } from './statement-log.ts';
import { type Transaction, transactionsOf } from './transactions.ts';

/** Longer than anything of an order waits for the next thing of it. */
const quietMs = 700;
const idleMs = 2_500;
const warmUpOrders = 16;
const patient = { timeoutMs: 30_000 };

/** One order that was placed while there was no other, with all that was done for it. */
export interface LoneOrder {
  readonly combination: Combination;
  readonly orderId: string;
  readonly correlationId: string;
  readonly transactions: readonly Transaction[];
}

export const nameOf = ({ saga, broker }: Combination): string => `${saga} on ${broker}`;

/**
 * What one completed order costs each service, in each combination: statements by PostgreSQL's own log, messages by what
 * lies on the brokers. Orders go one at a time, so that none shares anything with another one; `orders` of each, and of
 * those the middle one counts.
 */
export async function measureOrderCost(
  system: System,
  orders: number,
): Promise<{ readonly cost: Budget; readonly transactions: readonly Transaction[] }> {
  const firehose = await rabbitByHand(system.stack).firehose();
  try {
    const lone = await loneOrders(system, orders);
    const messages = [
      ...sentOn('rabbitmq', await firehose.take()),
      ...sentOn('kafka', await everythingOnKafka(system)),
    ];
    const cost = combinations.map((combination) => {
      const own = lone.filter((order) => order.combination === combination);
      return [
        nameOf(combination),
        medianCost(
          own.map(({ transactions, correlationId }) =>
            costOf(
              transactions,
              messages.filter((message) => message.correlationId === correlationId),
            ),
          ),
        ),
      ];
    });
    return {
      cost: Object.fromEntries(cost) as Budget,
      transactions: lone.flatMap(({ transactions }) => transactions),
    };
  } finally {
    await firehose.remove();
  }
}

/** Places orders one at a time, each when all is quiet again: `orders` of each combination. */
export async function loneOrders(system: System, orders: number, sku = 'mug'): Promise<readonly LoneOrder[]> {
  const databases = openDatabases(system.stack.env.POSTGRES_URL);
  const log = await openStatementLog(system.stack);
  try {
    const relays = await relayConnections(databases);
    const background = { relays, timers: await timers(log, relays) };
    await warmUp(system, databases, log, background, sku);
    const one = (combination: Combination) => loneOrder(system, databases, log, background, combination, sku);
    const lone: LoneOrder[] = [];
    for (const combination of combinations)
      for (let n = 0; n < orders; n++) lone.push(await one(combination));
    return lone;
  } finally {
    await log.close();
    await databases.close();
  }
}

/**
 * What a service does but once is not what an order costs. On Kafka that is once for each partition: nobody knows of its first
 * message whether it was handed out before, so it is looked up. So many orders meet nearly all of them, whatever their ids.
 */
async function warmUp(
  system: System,
  databases: Databases,
  log: StatementLog,
  background: Background,
  sku: string,
): Promise<void> {
  const from = await log.now();
  for (const combination of combinations) {
    const placing = Array.from({ length: warmUpOrders }, () => place(system, combination, sku));
    for (const { orderId } of await Promise.all(placing)) await untilCompleted(databases, orderId);
  }
  await untilQuiet(log, from, background);
}

async function loneOrder(
  system: System,
  databases: Databases,
  log: StatementLog,
  background: Background,
  combination: Combination,
  sku: string,
): Promise<LoneOrder> {
  const from = await log.now();
  const { orderId, correlationId } = await place(system, combination, sku);
  await untilCompleted(databases, orderId);
  await untilQuiet(log, from, background);
  const statements = await log.between(from);
  return {
    combination,
    orderId,
    correlationId,
    transactions: transactionsForOrders(statements, background),
  };
}

async function place(system: System, combination: Combination, sku: string): Promise<AcceptedOrder> {
  const order = { customerId: 'ada', items: [{ sku, quantity: 1 }], ...combination };
  const { status, body } = await system.place(order);
  if (status !== 202) throw new Error(`an order was answered by ${status}`);
  return body;
}

/** Past the services: a question to them would be one of the statements. */
async function untilCompleted(databases: Databases, orderId: string): Promise<void> {
  await eventually(async () => {
    const ends = await databases.query(
      'conveyor_order',
      `select from events where stream_id = $1 and type = 'order.completed'`,
      [orderId],
    );
    if (ends.length === 0) throw new Error(`order ${orderId} is not completed`);
  }, patient);
}

async function untilQuiet(log: StatementLog, from: number, { timers }: Background): Promise<void> {
  let [before, since] = [-1, performance.now()];
  await eventually(async () => {
    const transactions = transactionsOf(await log.between(from));
    const count = transactions.filter((each) => each.isCommit && !isTimer(each, timers)).length;
    if (count !== before) [before, since] = [count, performance.now()];
    if (performance.now() - since < quietMs) throw new Error('something is still done for an order');
  }, patient);
}

/** Each leads by a lock that it holds for as long as its connection lives; nobody else has one for longer than a moment. */
async function relayConnections(databases: Databases): Promise<ReadonlySet<number>> {
  const held = async () => {
    const rows = await databases.query<{ pid: number }>(
      'postgres',
      `select pid from pg_locks where locktype = 'advisory' and granted`,
    );
    return rows.map(({ pid }) => pid);
  };
  const before = new Set(await held());
  return new Set((await held()).filter((pid) => before.has(pid)));
}

async function timers(log: StatementLog, relays: ReadonlySet<number>): Promise<ReadonlySet<string>> {
  const from = await log.now();
  // The pause is what is looked at: no order is under way in it.
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const idle = transactionsOf(await log.between(from)).filter(
    ({ connection, isCommit }) => !relays.has(connection) && !isCommit,
  );
  return new Set(idle.flatMap(({ statements }) => statements.map(({ text }) => text)));
}

type Attributed = SentMessage & { readonly correlationId: string };

/** Binary CloudEvents: the attributes are headers, with a prefix of each broker. */
const prefixes: Readonly<Record<BrokerName, string>> = { kafka: 'ce_', rabbitmq: 'cloudEvents:' };

function sentOn(broker: BrokerName, messages: readonly Travelling[]): readonly Attributed[] {
  return messages.flatMap(({ headers, body }) => {
    const attribute = (name: string) => String(headers[`${prefixes[broker]}${name}`]);
    const type = attribute('type');
    if (type === recorded) return [];
    const parts = [body, ...Object.entries(headers).flatMap(([name, value]) => [name, String(value)])];
    const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    const service = attribute('source').replace('/', '');
    return [{ service, broker, type, bytes, correlationId: attribute('correlationid') }];
  });
}

async function everythingOnKafka(system: System): Promise<readonly Travelling[]> {
  const kafka = await kafkaByHand(system.stack);
  try {
    return await kafka.read(await kafka.topics());
  } finally {
    await kafka.close();
  }
}
