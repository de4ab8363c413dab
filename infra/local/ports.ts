interface PortRow {
  /** The environment variable that moves it. */
  readonly variable: string;
  readonly default: number;
}

/** Every port of the stack. All of them are listened on at 127.0.0.1 only. */
export const portTable = {
  gateway: { variable: 'GATEWAY_PORT', default: 8080 },
  order: { variable: 'ORDER_PORT', default: 8081 },
  inventory: { variable: 'INVENTORY_PORT', default: 8082 },
  payment: { variable: 'PAYMENT_PORT', default: 8083 },
  notification: { variable: 'NOTIFICATION_PORT', default: 8084 },
  'order-saga': { variable: 'ORDER_SAGA_PORT', default: 8085 },
  'order-query': { variable: 'ORDER_QUERY_PORT', default: 8086 },
  sandbox: { variable: 'SANDBOX_PORT', default: 8090 },
  postgres: { variable: 'POSTGRES_PORT', default: 15432 },
  rabbitmq: { variable: 'RABBITMQ_PORT', default: 15673 },
  rabbitmqManagement: { variable: 'RABBITMQ_MANAGEMENT_PORT', default: 15674 },
  rabbitmqDistribution: { variable: 'RABBITMQ_DISTRIBUTION_PORT', default: 15675 },
  epmd: { variable: 'EPMD_PORT', default: 14369 },
  kafka: { variable: 'KAFKA_PORT', default: 19092 },
  kafkaController: { variable: 'KAFKA_CONTROLLER_PORT', default: 19093 },
  elasticsearch: { variable: 'ELASTICSEARCH_PORT', default: 19200 },
  elasticsearchTransport: { variable: 'ELASTICSEARCH_TRANSPORT_PORT', default: 19300 },
  smtp: { variable: 'SMTP_PORT', default: 11025 },
  mail: { variable: 'MAIL_PORT', default: 11080 },
} as const satisfies Record<string, PortRow>;

export type PortName = keyof typeof portTable;
export type Ports = Readonly<Record<PortName, number>>;

export const portNames = Object.keys(portTable) as PortName[];

/** The table as the environment wants it. Throws when a variable holds no port, or two rows the same one. */
export function portsFrom(env: Readonly<Record<string, string | undefined>>): Ports {
  const owners = new Map<number, PortName>();
  const entries = portNames.map((name): [PortName, number] => {
    const row = portTable[name];
    const given = env[row.variable];
    const port = given === undefined || given === '' ? row.default : Number(given);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      throw new Error(`${row.variable}=${given} is not a port (1 to 65535)`);
    }
    const owner = owners.get(port);
    if (owner !== undefined) {
      throw new Error(`${row.variable} and ${portTable[owner].variable} are both ${port}`);
    }
    owners.set(port, name);
    return [name, port];
  });
  return Object.fromEntries(entries) as Record<PortName, number>;
}
