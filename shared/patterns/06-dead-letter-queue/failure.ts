/** An error that says itself how it is to be treated. `code` is stable, for logs, metrics and tests. */
export abstract class Fault extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The message itself is at fault (fits no schema, unknown type or version): trying again cannot help. */
export class PermanentFault extends Fault {}

/** What the consumer stands on is at fault (own database, open breaker, a lost race): any message would have failed now. */
export class InfrastructureFault extends Fault {}

/** It may work later, and may not: a provider that timed out, a record that is not there yet. */
export class TransientFault extends Fault {}

/** What names an error and quotes nothing: its code, else its class. The message may tell of a body or of somebody's answer. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

export type FailureKind = 'permanent' | 'infrastructure' | 'transient';

/**
 * The one place that decides what a failure is. `permanent` goes to the dead letters at once,
 * `infrastructure` is repeated without being counted, `transient` is tried again a limited number of
 * times. What nobody has classified is transient: it gets its tries, and cannot block a queue for ever.
 *
 * Errors without a class of ours are known by their own `code` (never by their cause's): a bare
 * socket error comes from the driver of the consumer's own database. So wrap those of anything else,
 * for example `new TransientFault('provider-unreachable', …, { cause })`; `fetch` does so by itself.
 */
export function classify(error: unknown): FailureKind {
  if (error instanceof PermanentFault) return 'permanent';
  if (error instanceof InfrastructureFault) return 'infrastructure';
  if (error instanceof TransientFault || !(error instanceof Error)) return 'transient';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isInfrastructure =
    databaseUnwell.test(code) ||
    socketErrors.has(code) ||
    connectionLost.some((text) => error.message.startsWith(text));
  return isInfrastructure ? 'infrastructure' : 'transient';
}

/**
 * SQLSTATE (PostgreSQL manual, appendix A): 08 connection, 28 login, 3D database, 53 out of resources,
 * 57P shut down or starting, 58 and XX the server's own failures, 25006 a standby was reached during
 * failover, 25P03 we were idle in a transaction, 40001 serialization, 40P01 deadlock, 55P03 lock not available,
 * 0A000 a plan grown stale, 42501 a missing permission. None of them is the message's fault.
 */
const databaseUnwell =
  /^(08...|53...|57P..|58...|XX...|25006|25P03|28...|3D...|40001|40P01|55P03|0A000|42501)$/;

const socketErrors: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** node-postgres 8 gives these no code. */
const connectionLost = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
];

/** Why a message is given up. */
export interface Failure {
  /** `process-died`: again and again while it was handled, so it is to blame. */
  readonly reason: 'permanent' | 'attempts-exhausted' | 'process-died';
  readonly error: unknown;
  /** How often it was tried; infrastructure failures are not counted. */
  readonly attempts: number;
}
