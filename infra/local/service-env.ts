import { rabbitmqUser, superuser } from './credentials.ts';
import { type Ports, portsFrom, portTable } from './ports.ts';
import { databaseOf, type ServiceName } from './services.ts';

/** Where everything of a stack is, in the variables that services and tests read. */
export function stackEnv(ports: Ports) {
  const local = (port: number) => `http://127.0.0.1:${port}`;
  return {
    RABBITMQ_URL: `amqp://${rabbitmqUser.user}:${rabbitmqUser.password}@127.0.0.1:${ports.rabbitmq}`,
    KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    ELASTICSEARCH_URL: local(ports.elasticsearch),
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    MAIL_URL: local(ports.mail),
    ORDER_URL: local(ports.order),
    ORDER_SAGA_URL: local(ports['order-saga']),
    ORDER_QUERY_URL: local(ports['order-query']),
    INVENTORY_URL: local(ports.inventory),
    PAYMENT_URL: local(ports.payment),
    NOTIFICATION_URL: local(ports.notification),
    SANDBOX_URL: local(ports.sandbox),
    GATEWAY_URL: local(ports.gateway),
    GATEWAY_PORT: String(ports.gateway),
  };
}

/** What tests and developers use besides; services have no need of it. */
export function toolEnv(ports: Ports) {
  return {
    ...stackEnv(ports),
    POSTGRES_URL: superuserUrl(ports),
    RABBITMQ_MANAGEMENT_URL: `http://${rabbitmqUser.user}:${rabbitmqUser.password}@127.0.0.1:${ports.rabbitmqManagement}`,
  };
}

function superuserUrl(ports: Ports): string {
  return `postgres://${superuser.user}:${superuser.password}@127.0.0.1:${ports.postgres}/postgres`;
}

/**
 * The environment of one service: where everything is, its own port and database. `extra` wins over
 * all of it; that is where the user's own settings come from, such as LOG_LEVEL or RETRY_DELAYS_MS.
 */
export function serviceEnv(
  name: ServiceName,
  ports: Ports,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  const login = databaseOf(name);
  return {
    ...stackEnv(ports),
    HOST: '127.0.0.1',
    PORT: String(ports[name]),
    DATABASE_URL: `postgres://${login}:${login}@127.0.0.1:${ports.postgres}/${login}`,
    // The gateway plays demos, which make databases of their own; it hands this on to them and does not use it itself.
    ...(name === 'gateway' && { DEMO_POSTGRES_URL: superuserUrl(ports) }),
    ...extra,
  };
}

const ours = new Set([
  'PORT',
  'HOST',
  'DATABASE_URL',
  'DEMO_POSTGRES_URL',
  ...Object.values(portTable).map((row) => row.variable),
]);

/**
 * What of the user's environment services get to see: everything but npm's own variables and those
 * that say where things are. A DATABASE_URL or PGHOST left over in a shell must not lead a service elsewhere.
 */
export function userSettings(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const places = new Set([...ours, ...Object.keys(stackEnv(portsFrom({})))]);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || places.has(name) || /^npm_/i.test(name) || name.startsWith('PG')
        ? []
        : [[name, value]],
    ),
  );
}
