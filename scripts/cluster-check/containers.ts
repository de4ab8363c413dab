import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How the cluster is named to `docker compose`. */
export const files = ['-f', 'docker-compose.yml', '-f', 'docker-compose.cluster.yml'];

export interface Container {
  readonly name: string;
  readonly service: string;
  readonly isRunning: boolean;
  /** Docker has asked it, and it was ready. */
  readonly isHealthy: boolean;
  /** Its ports on this machine. */
  readonly ports: readonly number[];
}

interface Listed {
  readonly Name: string;
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly Publishers: readonly { readonly PublishedPort: number }[] | null;
}

/** All containers of the cluster, also those that have been killed. */
export async function containers(): Promise<readonly Container[]> {
  const { stdout } = await run('docker', ['compose', ...files, 'ps', '--all', '--format', 'json']);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as Listed)
    .map(({ Name: name, Service: service, State, Health, Publishers }) => ({
      name,
      service,
      isRunning: State === 'running',
      isHealthy: Health === 'healthy',
      ports: [...new Set((Publishers ?? []).map(({ PublishedPort }) => PublishedPort))].filter(
        (port) => port !== 0,
      ),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** SIGKILL. Docker takes it for a wish, so whoever kills must also {@link start}. */
export async function kill({ name }: Container): Promise<void> {
  await run('docker', ['kill', name]);
}

/** Nothing happens when it runs. The Ctrl-C that breaks all off may also end the command that starts it: then once more. */
export async function start({ name }: Container): Promise<void> {
  await run('docker', ['start', name]).catch(() => run('docker', ['start', name]));
}

/** Rejects unless everything could go on without this container: it is no killing of *one* while another is still away. */
export async function assertExpendable({ name, service }: Container): Promise<void> {
  const all = await containers();
  const away = all.filter(({ isRunning }) => !isRunning);
  if (away.length > 0) throw new Error(`not running: ${away.map((container) => container.name).join(', ')}`);
  if (service.startsWith('rabbitmq')) {
    await run('docker', ['exec', name, 'rabbitmq-diagnostics', 'check_if_node_is_quorum_critical']);
  }
  const kafka = all.find((container) => container.service === 'kafka');
  if (kafka) {
    const command =
      '/opt/kafka/bin/kafka-topics.sh --bootstrap-server localhost:29092 --describe --under-replicated-partitions';
    const { stdout } = await run('docker', ['exec', kafka.name, ...command.split(' ')]);
    if (stdout.trim() !== '') throw new Error(`partitions are short of a copy: ${stdout.split('\n')[0]}`);
  }
}
