import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, inCache } from '../cache.ts';
import { type Command, runToEnd } from '../child.ts';
import { javaHome } from '../java.ts';
import { fetchByMaven, pinned } from '../maven.ts';
import { listens, type Place, type ServerDefinition } from '../server.ts';
import { java, maven } from '../system-packages.ts';
import { ownedByServers, serverUser } from '../unprivileged.ts';

const version = pinned('kafka');
const folder = `kafka-${version}`;

const jars = () => cached(folder, (dir) => fetchByMaven('dependency:copy-dependencies@kafka', dir));

/** KRaft: broker and controller in one process, everything once. */
function properties({ dir, ports, links }: Place): string {
  const broker = `BROKER://127.0.0.1:${ports.kafka}`;
  const controller = `CONTROLLER://127.0.0.1:${ports.kafkaController}`;
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.kafkaController}`,
    listeners: `${broker},${controller}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,LINK:PLAINTEXT',
    // Who comes over the link is told to stay on it.
    ...(links && {
      listeners: `${broker},${controller},LINK://127.0.0.1:${links.kafkaListener}`,
      'advertised.listeners': `${broker},LINK://127.0.0.1:${links.ports.kafka}`,
    }),
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(dir, 'data'),
    // A topic that nobody declared is a mistake, not a wish.
    'auto.create.topics.enable': false,
    // Consumer groups form at once; the default waits 3 s for more members.
    'group.initial.rebalance.delay.ms': 0,
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    // Ten years: a group whose offsets are forgotten (after 7 days by default) would begin again at the start.
    'offsets.retention.minutes': 5_256_000,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 2,
    // After a crash it has to wait until its own old session is over; 9 s by default.
    'broker.session.timeout.ms': 5000,
    'broker.heartbeat.interval.ms': 1000,
    'num.network.threads': 2,
    'num.io.threads': 4,
    // The cleaner of compacted topics takes this from the heap; 128 MB by default.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    // What compaction and retention take away can be watched going: by default they look every 15 s and 5 min.
    'log.cleaner.backoff.ms': 2_000,
    'log.initial.task.delay.ms': 5_000,
    'log.retention.check.interval.ms': 5_000,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escaped(String(value))}\n`)
    .join('');
}

/** As a file of Java properties wants what is not ASCII: a path may hold any letter. */
function escaped(value: string): string {
  return value.replaceAll(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const logging = `
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d] %p %m (%c)%n
`;

async function command(place: Place, main: string, args: readonly string[]): Promise<Command> {
  const home = await javaHome();
  const flags = [
    '-Xms128m',
    '-Xmx384m',
    '-XX:+UseSerialGC',
    // The quick compiler only: the other one takes a third of all its processor time in the first minutes.
    '-XX:TieredStopAtLevel=1',
    `-Dlog4j2.configurationFile=${join(place.dir, 'log4j2.properties')}`,
  ];
  return {
    file: join(home, 'bin', 'java'),
    args: [...flags, '-cp', join(await jars(), '*'), main, ...args],
    // Without a locale Java would take paths for ASCII.
    env: { PATH: process.env['PATH'] ?? '', HOME: place.dir, LC_ALL: 'C.UTF-8' },
    cwd: place.dir,
    user: serverUser,
  };
}

export const kafka: ServerDefinition = {
  name: 'kafka',
  ports: ['kafka', 'kafkaController'],
  product: async () => `Kafka ${version}`,
  startsWithin: 300_000,
  stopSignal: 'SIGTERM',

  packages: async () => ((await inCache(folder)) === undefined ? [java, maven] : [java]),

  async provision() {
    await jars();
  },

  async prepare(place) {
    const config = join(place.dir, 'server.properties');
    await ownedByServers(place.dir);
    await writeFile(config, properties(place));
    await writeFile(join(place.dir, 'log4j2.properties'), logging);
    await access(join(place.dir, 'data', 'meta.properties')).catch(async () => {
      const format = ['format', '--cluster-id', 'Q29udmV5b3JMb2NhbDEyMw', '--config', config];
      await runToEnd(await command(place, 'kafka.tools.StorageTool', format), place.log);
    });
    return [await command(place, 'kafka.Kafka', [config])];
  },

  // Its port opens before it takes requests; this line comes when it does.
  ready: async (_, log) => (await log()).includes('Kafka Server started'),
  stillReady: ({ ports }) => listens(ports.kafka),
};
