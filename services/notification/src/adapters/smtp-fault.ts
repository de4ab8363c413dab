import {
  type Fault,
  InfrastructureFault,
  PermanentFault,
  TransientFault,
} from '@conveyor/patterns/dead-letter-queue/failure';

/** The parts of nodemailer's errors that tell what happened. */
interface SmtpError {
  readonly code?: string;
  /** The SMTP command that failed. */
  readonly command?: string;
  /** The server's reply, if there was one: 4yz may work later, 5yz will not (RFC 5321, 4.2.1). */
  readonly responseCode?: number;
}

/** The commands that are about one mail; replies to all others are about the connection, or the sender, who is always the same. */
const ofOneMail = new Set(['RCPT TO', 'DATA']);

/** Too big: all that `MAIL FROM` can be told of the one mail (RFC 1870). */
const tooBig = 552;

/** The server is about to close (421), or wants to know first who we are (530, 535): true of every mail. */
const aboutUs: ReadonlySet<number> = new Set([421, 530, 535]);

/**
 * What it means for the message that its mail could not be sent. The error itself is not kept as the
 * cause: its text holds the customer's address, which belongs neither in a log nor in a dead letter.
 */
export function smtpFault(error: unknown): Fault {
  const { code = 'unknown', command = '', responseCode } = error as SmtpError;
  if (responseCode !== undefined && isAboutTheMail(command, responseCode)) {
    const text = `the mail server answered ${command} with ${responseCode}`;
    return responseCode >= 500
      ? new PermanentFault('mail-refused', text)
      : new TransientFault('mail-deferred', text);
  }
  if (code === 'EABORT') return new TransientFault('mail-timed-out', 'the mail was not sent in time');
  if (code === 'EENVELOPE' && responseCode === undefined)
    return new PermanentFault('mail-not-addressed', 'sender or recipient is no mail address');
  const why = responseCode === undefined ? code : `${responseCode} to ${command}`;
  return new InfrastructureFault('mail-server-unreachable', `no conversation with the mail server (${why})`);
}

function isAboutTheMail(command: string, responseCode: number): boolean {
  if (command === 'MAIL FROM') return responseCode === tooBig;
  return ofOneMail.has(command) && !aboutUs.has(responseCode);
}
