import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on stdout, each with the service's name. What could identify or charge a customer is never written. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    name: service,
    level,
    base: { service },
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
  });
}
