/** One place of the code that is changed in a process while it is loaded; the file stays as it is. */
export interface Change {
  /** The end of its path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What the system is also measured without: nobody should run it so, and so it has no setting for it. */
export const without = {
  recorder: [
    {
      file: 'shared/service-kit/journal/journal-rows.ts',
      from: 'const order = orderOf(attributes);\n  if (!order) return [];',
      to: 'const order = undefined;\n  if (!order) return [];',
    },
  ],
  batching: [
    {
      // A transaction for each message, as many at once as the pool has connections.
      file: 'shared/service-kit/messaging/messaging.ts',
      from: 'transactions: groupCommit(database, { shared: sharedTransactions(database) }),',
      to: 'transactions: database,',
    },
    {
      file: 'shared/patterns/16-transactional-outbox/relay.ts',
      from: 'options.batchSize ?? 200',
      to: '1',
    },
  ],
  inbox: [
    {
      file: 'shared/patterns/11-idempotent-consumer/inbox.ts',
      from: 'messageId: string): Promise<boolean> {\n  const { rowCount }',
      to: 'messageId: string): Promise<boolean> {\n  return true;\n  const { rowCount }',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Change[]>>;

/** What is changed to see what bounds the system: the provider answers slowly, and an instance asks it one question at a time. */
const instead = {
  'slow-charges': [
    {
      file: 'services/sandbox/src/adapters/charge-routes.ts',
      from: 'const slowMs = 2_000;',
      to: 'const slowMs = 50;',
    },
    {
      file: 'services/payment/src/subscriptions.ts',
      from: 'const concurrency = 50;',
      to: 'const concurrency = 1;',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Change[]>>;

export const changes = { ...without, ...instead };

export type Part = keyof typeof without;
export type ChangeName = keyof typeof changes;

/**
 * The code with the change made.
 *
 * @throws Error when what is to be changed is not there, or is there twice.
 */
export function changed(source: string, { file, from, to }: Change): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file} has changed: it holds ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}
