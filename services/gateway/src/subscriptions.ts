import { on, onEvery, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { auditTrail } from './adapters/audit-trail.ts';
import { journal } from './adapters/journal.ts';
import { recordJournal } from './handlers/record-journal.ts';
import { writeAudit } from './handlers/write-audit.ts';

export const subscriptions: readonly Subscription[] = [
  // The audit trail reads everything, on both brokers; what it hears on both has one id and is kept once.
  onEvery({
    consumer: 'gateway.audit',
    retry: 'ladder',
    everyBroker: true,
    unrecorded: true,
    handle: writeAudit(auditTrail),
  }),
  // The flight recorder is written here and nowhere else.
  // One at a time: more would only wait for its lock, each with a connection in hand.
  on('journal.recorded', {
    consumer: 'gateway.journal',
    retry: 'ladder',
    concurrency: 1,
    unrecorded: true,
    handle: recordJournal(journal),
  }),
];
