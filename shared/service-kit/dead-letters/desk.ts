import type { BrokerName } from '@conveyor/contracts';
import type {
  DeadLetterDetails,
  DeadLetterList,
  DiscardResult,
  RedriveManyResult,
  RedriveResult,
} from '@conveyor/contracts/http';

/** Which page of the waiting letters. */
export interface LettersQuery {
  readonly broker?: BrokerName | undefined;
  readonly consumer?: string | undefined;
  /** The UUID of the letter after which the page begins; absent: from the newest on. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface RedriveRequest {
  /** Any JSON, sent in the place of the message's own body; absent: its own. */
  readonly payload?: unknown;
  readonly dryRun: boolean;
  /** For the audit trail, as in all that changes something. */
  readonly who: string;
}

export interface RedriveManyRequest {
  readonly consumer: string;
  readonly broker?: BrokerName | undefined;
  readonly limit: number;
  readonly dryRun: boolean;
  readonly who: string;
}

/** The dead letters of one service, which know each other by UUIDs. Undefined: it has no such letter. */
export interface DeadLetterDesk {
  /** Looking changes nothing: no letter is consumed, moved or counted. */
  list(query: LettersQuery): Promise<DeadLetterList>;
  find(id: string): Promise<DeadLetterDetails | undefined>;
  /** @throws Problem 422 when the message cannot be sent, or not with this payload. */
  redrive(id: string, request: RedriveRequest): Promise<RedriveResult | undefined>;
  redriveMany(request: RedriveManyRequest): Promise<RedriveManyResult>;
  /** Only while it waits: what was sent or handled before stays as it is. */
  discard(id: string, who: string): Promise<DiscardResult | undefined>;
}
