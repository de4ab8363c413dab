import type { Delivery } from '@conveyor/brokers';
import { newMessageId } from '@conveyor/brokers';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { advance } from './advance.ts';
import { progress } from './progress.ts';
import type { Saga } from './saga.ts';
import type { SagaState } from './saga-state.ts';
import { lockSaga, type SagaToSave, saveSaga } from './saga-store.ts';

// The order flow in small, for demo and proof: reserve, charge, complete, with participants who keep their books in one table.

/** What the flow needs of tables: the saga's, inbox and outbox, and the participants' books. */
export const smallSagaTables: readonly (URL | string)[] = [
  new URL('schema.sql', import.meta.url),
  ...['idempotent-consumer', 'transactional-outbox'].map(
    (chapter) => new URL(import.meta.resolve(`@conveyor/patterns/${chapter}/schema.sql`)),
  ),
  `create table books (
     order_id uuid primary key, reserved boolean not null default false, charged int not null default 0,
     ended text check (ended in ('completed', 'cancelled')))`,
];

type Amount = { amount: number };
type Messages = {
  'order.created': Amount;
  'order.cancel-requested': object;
  'inventory.reserve': object;
  'inventory.reserved': object;
  'inventory.release': object;
  'inventory.released': object;
  'payment.charge': Amount;
  'payment.completed': object;
  'payment.failed': object;
  'payment.refund': Amount;
  'payment.refunded': object;
  'order.complete': Amount;
  'order.completed': object;
  'order.completion-refused': object;
  'order.cancel': object;
  'order.cancelled': object;
};
type Reason = 'declined' | 'refused' | 'cancelled' | 'unanswered';
type State = SagaState<Amount, Reason>;

const limitMs = 60_000;
const nothing = () => ({});

const smallSaga: Saga<Messages, Amount, Reason> = {
  start: {
    name: 'create',
    begunBy: 'order.created',
    data: ({ amount }) => ({ amount }),
    limitMs,
    undo: { command: 'order.cancel', data: nothing, reply: 'order.cancelled', limitMs },
  },
  steps: [
    {
      name: 'reserve',
      command: 'inventory.reserve',
      data: nothing,
      done: 'inventory.reserved',
      failed: {},
      limitMs,
      overdue: 'unanswered',
      undo: { command: 'inventory.release', data: nothing, reply: 'inventory.released', limitMs },
    },
    {
      name: 'charge',
      command: 'payment.charge',
      data: (order) => order,
      done: 'payment.completed',
      failed: { 'payment.failed': () => 'declined' },
      limitMs,
      overdue: 'unanswered',
      undo: { command: 'payment.refund', data: (order) => order, reply: 'payment.refunded', limitMs },
    },
  ],
  pivot: {
    name: 'complete',
    command: 'order.complete',
    data: (order) => order,
    done: 'order.completed',
    failed: { 'order.completion-refused': () => 'refused' },
    limitMs,
  },
  cancelledBy: { 'order.cancel-requested': () => 'cancelled' },
};

/** An order of more than this cannot be completed. */
export const mostAmount = 100;

/** No card pays more than this. */
export const mostOnCard = 1_000;

/** Does what a command says, in `tx`, and answers the type of the reply. */
export type Obey = (tx: Tx, command: string, orderId: string, amount: number) => Promise<string>;

/**
 * The participants, all of them. One queue and one worker: here no undoing overtakes what it undoes, so they keep no tombstone.
 * Anybody else's must (chapter 09a), and refuse then what comes after all.
 */
export const obey: Obey = async (tx, command, orderId, amount) => {
  const set = (what: string, value: unknown) =>
    tx.query(
      `insert into books (order_id, ${what}) values ($1, $2) on conflict (order_id) do update set ${what} = $2`,
      [orderId, value],
    );
  switch (command) {
    case 'inventory.reserve':
      await set('reserved', true);
      return 'inventory.reserved';
    case 'inventory.release':
      await set('reserved', false);
      return 'inventory.released';
    case 'payment.charge':
      if (amount > mostOnCard) return 'payment.failed';
      await set('charged', amount);
      return 'payment.completed';
    case 'payment.refund':
      await set('charged', 0);
      return 'payment.refunded';
    case 'order.complete':
      if (amount > mostAmount) return 'order.completion-refused';
      await set('ended', 'completed');
      return 'order.completed';
    case 'order.cancel':
      await set('ended', 'cancelled');
      return 'order.cancelled';
    default:
      throw new Error(`nobody obeys ${command}`);
  }
};

const commands: ReadonlySet<string> = new Set<string>(
  [smallSaga.start, ...smallSaga.steps, smallSaga.pivot].flatMap((row) => [
    ...('command' in row ? [row.command] : []),
    ...('undo' in row ? [row.undo.command] : []),
  ]),
);

export function isCommand(type: string): boolean {
  return commands.has(type);
}

/** Where the conductor keeps how far each saga has come. */
export interface Keeping {
  lock<Kept>(tx: Tx, id: string): Promise<Kept | undefined>;
  save(tx: Tx, saga: SagaToSave): Promise<void>;
}

export const keptInTable: Keeping = { lock: lockSaga, save: saveSaga };

/** A message of the flow, read from a delivery. */
export interface FlowMessage {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly causationId: string | undefined;
  readonly data: { readonly amount?: number };
}

export function messageIn({ attributes, body }: Delivery): FlowMessage {
  const { id = '', type = '', subject = '', causationid } = attributes;
  return { id, type, subject, causationId: causationid, data: JSON.parse(body.toString()) };
}

/** What follows from a message: a participant's reply, or the conductor's next command. */
export async function follow(
  tx: Tx,
  message: FlowMessage,
  parts: { readonly keeping: Keeping; readonly obey: Obey },
): Promise<readonly FlowMessage[]> {
  const { id, type, subject, data } = message;
  if (isCommand(type)) {
    const reply = await parts.obey(tx, type, subject, data.amount ?? 0);
    return [{ id: newMessageId(), type: reply, subject, causationId: id, data: {} }];
  }
  const advanced = advance(smallSaga, await parts.keeping.lock<State>(tx, subject), message);
  if ('dropped' in advanced) return [];
  const status = progress(smallSaga, advanced.state).state;
  await parts.keeping.save(tx, { ...advanced, status, cause: {} });
  return advanced.commands.map((command) => ({ ...command, causationId: id }));
}

/** The same as rows of the outbox. `place`: the one queue or topic on which the whole flow is played. */
export function rowsOf(
  broker: OutboxRow['broker'],
  place: string,
  messages: readonly FlowMessage[],
): readonly OutboxRow[] {
  return messages.map(({ id, type, subject, causationId, data }) => ({
    broker,
    message: {
      address: addressIn(broker, place, subject),
      orderingKey: subject,
      attributes: { id, type, subject, ...(causationId && { causationid: causationId }) },
      body: Buffer.from(JSON.stringify(data)),
    },
  }));
}
