import type { AuditTrail } from '../handlers/write-audit.ts';

export const auditTrail: AuditTrail = {
  async write(tx, { id, type, envelope, data }) {
    await tx.query(
      `insert into audit (message_id, type, subject, source, correlation_id, causation_id, saga, broker, written_at, data)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
      [
        id,
        type,
        envelope.subject,
        envelope.source,
        envelope.correlationid,
        envelope.causationid ?? null,
        envelope.saga ?? null,
        envelope.broker ?? null,
        envelope.time,
        JSON.stringify(data),
      ],
    );
  },
};
