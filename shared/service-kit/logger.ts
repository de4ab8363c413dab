import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { fieldsAtHand } from './telemetry/at-hand.ts';

export type { Logger } from 'pino';

/**
 * JSON lines, each with the service's name and the ids of the message or request at hand. What could identify or charge a
 * customer is never written. `destination`: default stdout.
 */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    name: service,
    level,
    base: { service },
    mixin: fieldsAtHand,
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: [
      '*.paymentToken',
      'req.headers.authorization',
      '*.DATABASE_URL',
      '*.DEMO_POSTGRES_URL',
      '*.RABBITMQ_URL',
      '*.ADMIN_TOKEN',
    ],
  };
  return destination ? pino(options, destination) : pino(options);
}
