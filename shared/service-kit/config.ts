import { type Static, type TObject, Type } from 'typebox';
import { Value } from 'typebox/value';

/** The longest a timer of Node can run, in milliseconds; a longer one fires at once. */
export const longestTimerMs = 2_147_483_647;

/** The variables that every service knows; a service adds its own. */
export const ServiceConfig = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535 }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { default: 'info' }),
  /** Where traces go (OTLP over HTTP). Absent: none are made. */
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String({ pattern: '^https?://' })),
});
export type ServiceConfig = Static<typeof ServiceConfig>;

export const DatabaseConfig = Type.Object({
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 2, default: 10 }),
});
export type DatabaseConfig = Static<typeof DatabaseConfig>;

export const MessagingConfig = Type.Object({
  RABBITMQ_URL: Type.String({ pattern: '^amqps?://' }),
  RABBITMQ_QUEUE_TYPES: Type.Enum(['mixed', 'quorum'], { default: 'mixed' }),
  /** Comma-separated `host:port`. */
  KAFKA_BROKERS: Type.String({ pattern: '^[^\\s,:]+:\\d+(,[^\\s,:]+:\\d+)*$' }),
  /**
   * Comma-separated milliseconds: how long to wait before each further attempt at a message that failed. Nine digits at most (eleven
   * days): RabbitMQ takes no wait above 49 days, and no timer of Node runs for longer than 24.
   */
  RETRY_DELAYS_MS: Type.String({ pattern: '^\\d{1,9}(,\\d{1,9})*$', default: '1000,5000,30000' }),
  /** How long an order may stay unpaid. */
  ORDER_EXPIRES_AFTER_MS: Type.Integer({ minimum: 1, maximum: longestTimerMs, default: 300_000 }),
});
export type MessagingConfig = Static<typeof MessagingConfig>;

/** Thrown at start, naming every variable that is missing or wrong. Values are left out: some are secrets. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
}

/** Reads what `schema` names from the environment, converted and with defaults. */
export function readConfig<Config>(
  schema: TObject,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const named = Object.keys(schema.properties).filter((name) => env[name] !== undefined && env[name] !== '');
  const given = Object.fromEntries(named.map((name) => [name, env[name]]));
  const config = Value.Convert(schema, Value.Default(schema, given));
  if (Value.Check(schema, config)) return config as Config;
  const problems = Value.Errors(schema, config).map((error) =>
    error.keyword === 'required'
      ? `${error.params.requiredProperties.join(', ')} must be set`
      : `${error.instancePath.slice(1)} ${error.message}`,
  );
  throw new InvalidConfig(`These settings are missing or wrong: ${problems.join('; ')}`);
}
