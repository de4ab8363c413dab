/** The servers that a demo needs. */
export interface Servers {
  /** `amqp://user:password@host:port` */
  readonly rabbitmq: string;
  /** `host:port` each. */
  readonly kafka: readonly string[];
  /** `postgres://user:password@host:port/database`, of somebody who may create databases. */
  readonly postgres: string;
}

/** Those that the environment names, else those of the stack that runs here; undefined when there is none. */
export async function findServers(env: NodeJS.ProcessEnv): Promise<Servers | undefined> {
  const named = serversIn(env);
  if (named) return named;
  // Loaded only here: in a container there is no such stack, and no code for it either.
  const { localServers } = await import('./local-servers.ts');
  return serversIn((await localServers()) ?? {});
}

/** Undefined unless all of them are named: half of one stack and half of another would show nothing. */
export function serversIn(env: Readonly<Record<string, string | undefined>>): Servers | undefined {
  const { RABBITMQ_URL: rabbitmq, KAFKA_BROKERS: kafka, POSTGRES_URL: postgres } = env;
  if (!rabbitmq || !kafka || !postgres) return undefined;
  return { rabbitmq, kafka: kafka.split(','), postgres };
}
