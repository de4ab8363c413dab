import { realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../child.ts';
import { rabbitmqUser } from '../credentials.ts';
import { answers, type Place, type ServerDefinition } from '../server.ts';
import { findProgram, type SystemPackage } from '../system-packages.ts';
import { ownedByServers, serverUser } from '../unprivileged.ts';

// Debian's command on the PATH is another one, which changes to its own user and folders.
const findServer = () => findProgram('rabbitmq-server', ['/usr/lib/rabbitmq/bin/rabbitmq-server']);

const rabbitmqServer: SystemPackage = {
  what: 'RabbitMQ 3.10 or newer',
  apt: ['rabbitmq-server'],
  brew: 'rabbitmq',
  present: async () => (await findServer()) !== undefined && (await findProgram('epmd')) !== undefined,
};

async function installed(find: Promise<string | undefined>): Promise<string> {
  const file = await find;
  if (file === undefined) throw new Error('RabbitMQ is not installed');
  return file;
}

/** Debian and Homebrew name a folder after its version; asking the program would start an Erlang. */
async function product(): Promise<string | undefined> {
  const file = await findServer();
  if (file === undefined) return undefined;
  const version = /\/rabbitmq(?:_server-|\/)([\d.]+)\//.exec(await realpath(file))?.[1];
  return `RabbitMQ ${version ?? '(of an unknown version)'}`;
}

const memoryLimit = '512MB';

function configuration({ ports }: Place): string {
  const settings = {
    'listeners.tcp.local': `127.0.0.1:${ports.rabbitmq}`,
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': ports.rabbitmqManagement,
    default_user: rabbitmqUser.user,
    default_pass: rabbitmqUser.password,
    // Publishers are blocked, never the machine: `blocked` is a lesson of its own.
    'vm_memory_high_watermark.absolute': memoryLimit,
    'disk_free_limit.absolute': '200MB',
    // As is default from 4.0 on: what is larger is refused, and closes its sender's channel.
    max_message_size: 16_777_216,
    // Its counts are a second old at most, where 5 s are the default: what is watched on one machine is watched closely.
    collect_statistics_interval: 1000,
    'log.console': true,
    'log.console.level': 'info',
    'log.file': false,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

// Schedulers sleep when they have nothing to do; by default they spin for a while, on all cores.
const schedulers = '+sbwt none +sbwtdcpu none +sbwtdio none';

/** For the server, and for the command that talks to it. */
function environment({ dir, ports }: Place): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    // Erlang's cookie is made in here, so one stack cannot talk to another.
    HOME: dir,
    LC_ALL: 'C.UTF-8',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_NODENAME: 'conveyor@localhost',
    RABBITMQ_DIST_PORT: String(ports.rabbitmqDistribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `${schedulers} -kernel inet_dist_use_interface {127,0,0,1}`,
    RABBITMQ_CONF_ENV_FILE: join(dir, 'none'),
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'none.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(dir, 'data'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(dir, 'generated'),
    RABBITMQ_PID_FILE: join(dir, 'pid'),
    RABBITMQ_LOG_BASE: dir,
    RABBITMQ_LOGS: '-',
    // Then the script becomes the server; otherwise it stays as its parent and passes signals on once more.
    RUNNING_UNDER_SYSTEMD: 'yes',
  };
}

export const rabbitmq: ServerDefinition = {
  name: 'rabbitmq',
  ports: ['rabbitmq', 'rabbitmqManagement', 'rabbitmqDistribution', 'epmd'],
  product,
  startsWithin: 120_000,
  stopSignal: 'SIGTERM',

  packages: async () => [rabbitmqServer],

  provision: async () => {},

  async prepare(place) {
    const { dir, ports } = place;
    await ownedByServers(dir);
    await writeFile(join(dir, 'rabbitmq.conf'), configuration(place));
    await writeFile(join(dir, 'enabled_plugins'), '[rabbitmq_management].\n');
    const common = { env: environment(place), cwd: dir, user: serverUser };
    return [
      // Erlang would start this one as a daemon that outlives it.
      { ...common, file: await installed(findProgram('epmd')), args: ['-port', String(ports.epmd)] },
      { ...common, file: await installed(findServer()), args: [] },
    ];
  },

  ready: ({ ports }) =>
    answers(
      `http://127.0.0.1:${ports.rabbitmqManagement}/api/health/checks/port-listener/${ports.rabbitmq}`,
      {
        authorization: `Basic ${btoa(`${rabbitmqUser.user}:${rabbitmqUser.password}`)}`,
      },
    ),
};

/**
 * Lets a running RabbitMQ take so much memory, for example `1MB`; `as configured`: as at its start. While it has more than that it
 * reads nothing from connections that publish, and tells them that they are blocked.
 */
export async function limitMemory(place: Place, limit: string | 'as configured'): Promise<void> {
  // Debian's command on the PATH changes its user here, too.
  const find = findProgram('rabbitmqctl', ['/usr/lib/rabbitmq/bin/rabbitmqctl']);
  const absolute = limit === 'as configured' ? memoryLimit : limit;
  const command = {
    file: await installed(find),
    args: ['set_vm_memory_high_watermark', 'absolute', absolute],
    env: environment(place),
    cwd: place.dir,
    user: serverUser,
  };
  await runToEnd(command, place.log);
}
