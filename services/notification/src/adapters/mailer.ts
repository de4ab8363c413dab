import { inCallSpan } from '@conveyor/service-kit/telemetry/spans';
import { createTransport } from 'nodemailer';
import type { Email } from '../domain/wording.ts';
import type { Parcel } from '../handlers/deliver.ts';
import { smtpFault } from './smtp-fault.ts';

export interface MailerOptions {
  /** For example `smtp://localhost:1025`. */
  readonly url: string;
  /** For the whole of one mail, a wait for a free connection included. */
  readonly timeoutMs: number;
  readonly connections: number;
}

export interface Mailer {
  readonly send: (parcel: Parcel<Email>) => Promise<void>;
  stop(): Promise<void>;
}

const sender = 'Conveyor <orders@conveyor.example>';

/** Sends mail over a few connections that stay open. */
export function openMailer({ url, timeoutMs, connections }: MailerOptions): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    // Whether to try again is decided in one place, by the consumer.
    maxRequeues: 0,
    // Before the time of the mail is up: a server that does not even greet is away, and costs the mail no try.
    connectionTimeout: timeoutMs / 2,
    greetingTimeout: timeoutMs / 2,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    /**
     * A mail may arrive twice: SMTP knows no idempotency key, so when the answer to one that was
     * taken is lost, or the process dies before writing it down, it is sent again. All that can be
     * done is to give both the same Message-ID, by which many a mailbox shows them as one.
     *
     * For the same reason a consumer that stops does not cut a mail off.
     */
    async send({ key, content }) {
      try {
        await inCallSpan('send mail', { 'network.protocol.name': 'smtp' }, () =>
          transport.sendMail({
            ...content,
            from: sender,
            messageId: `<${key.replace(':', '.')}@conveyor.example>`,
            signal: AbortSignal.timeout(timeoutMs),
          }),
        );
      } catch (error) {
        throw smtpFault(error);
      }
    },
    async stop() {
      transport.close();
    },
  };
}
