import { on, onEvery, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { auditTrail } from './adapters/audit-trail.ts';
import { journal } from './adapters/journal.ts';
import { recordJournal } from './handlers/record-journal.ts';
import { writeAudit } from './handlers/write-audit.ts';

export const subscriptions: readonly Subscription[] = [
  // The audit trail reads everything, on both brokers; what it hears on both has one id and is kept once.
  onEvery({ consumer: 'gateway.audit', everyBroker: true, unrecorded: true, handle: writeAudit(auditTrail) }),
  // The flight recorder is written here and nowhere else.
  on('journal.recorded', { consumer: 'gateway.journal', unrecorded: true, handle: recordJournal(journal) }),
];
