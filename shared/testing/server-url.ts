/** The address of a real server from the environment. Throws without it: a missing server is a failure, never a skip. */
export function serverUrl(variable: 'POSTGRES_URL' | 'RABBITMQ_URL' | 'KAFKA_BROKERS'): string {
  const url = process.env[variable];
  if (!url) throw new Error(`${variable} is not set: this test needs the real server`);
  return url;
}
