import type { Attributes } from '@conveyor/brokers';
import { nextTraceparent } from './trace-context.ts';

/** What every message has of its own. */
export interface Own {
  readonly id: string;
  readonly type: string;
}

/**
 * The attributes of a message that follows from the one with `cause`: the same story (`correlationid`), the same trace
 * with a span of its own, and who caused it. A story can begin with a client alone, so none is made up here.
 */
export function nextAttributes(cause: Attributes, { id, type }: Own): Attributes {
  return {
    id,
    type,
    ...(cause['correlationid'] !== undefined && { correlationid: cause['correlationid'] }),
    ...(cause['id'] !== undefined && { causationid: cause['id'] }),
    traceparent: nextTraceparent(cause['traceparent']),
  };
}
