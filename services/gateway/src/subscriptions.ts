import { onEvery, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { auditTrail } from './adapters/audit-trail.ts';
import { writeAudit } from './handlers/write-audit.ts';

/** The audit trail reads everything, on both brokers; what it hears on both has one id and is kept once. */
export const subscriptions: readonly Subscription[] = [
  onEvery({ consumer: 'gateway.audit', everyBroker: true, handle: writeAudit(auditTrail) }),
];
