import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type Attributes, context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { inSpan, isTracing } from './spans.ts';

const system = { 'db.system.name': 'postgresql' } as const;

/** What is asked of the database while nothing is at hand (tidying up, a look at the outbox) belongs to no trace. */
function isPartOfTrace(): boolean {
  return isTracing() && trace.getSpan(context.active()) !== undefined;
}

/** One statement. Its values stay out; the text holds none. */
export function inStatementSpan<Result>(
  database: string,
  text: string,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!isPartOfTrace()) return work();
  const { name, attributes } = describe(text);
  const kind = SpanKind.CLIENT;
  return inSpan(name, { kind, attributes: { ...attributes, 'db.namespace': database } }, work);
}

/** A transaction, with its statements in it. */
export function inTransactionSpan<Result>(database: string, work: () => Promise<Result>): Promise<Result> {
  if (!isPartOfTrace()) return work();
  const attributes = { ...system, 'db.namespace': database };
  return inSpan('transaction', { kind: SpanKind.INTERNAL, attributes }, work);
}

/**
 * For transactions that several messages share. Such a one belongs to none of their traces, so it has one of its own, with
 * a link to each of theirs. Their statements stay in theirs.
 */
export function sharedTransactions(database: Database): Database {
  return {
    transaction(work) {
      if (!isTracing()) return database.transaction(work);
      const details = { kind: SpanKind.INTERNAL, attributes: system, parent: ROOT_CONTEXT };
      return inSpan('shared transaction', details, (span) =>
        database.transaction((tx) => work(linkedWith(span, tx))),
      );
    },
  };
}

/** Links `span` with whatever else does a statement in `tx`. */
function linkedWith(span: Span, tx: Tx): Tx {
  const linked = new Set([span.spanContext().traceId]);
  return {
    query(text, values) {
      const other = trace.getSpanContext(context.active());
      if (other && !linked.has(other.traceId)) {
        linked.add(other.traceId);
        span.addLink({ context: other });
      }
      return tx.query(text, values);
    },
  };
}

/** Statements are few, and the same again and again. */
const described = new Map<string, { readonly name: string; readonly attributes: Attributes }>();

function describe(text: string) {
  const known = described.get(text);
  if (known) return known;
  // Of several in one statement the first counts.
  const verb = /\b(?:select|insert|update|delete)\b/i.exec(text) ?? /\w+/.exec(text);
  const operation = verb?.[0].toUpperCase() ?? 'QUERY';
  const collection = /\b(?:from|into|update)\s+(?<name>[a-z_]+)/i.exec(text)?.groups?.['name'];
  const name = collection === undefined ? operation : `${operation} ${collection}`;
  const description = {
    name,
    attributes: {
      ...system,
      'db.operation.name': operation,
      ...(collection !== undefined && { 'db.collection.name': collection }),
      'db.query.summary': name,
      'db.query.text': text,
    },
  };
  described.set(text, description);
  return description;
}
