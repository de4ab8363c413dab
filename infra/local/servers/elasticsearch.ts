import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, inCache } from '../cache.ts';
import { javaHome } from '../java.ts';
import { fetchByMaven, pinned } from '../maven.ts';
import { answers, type Place, type ServerDefinition } from '../server.ts';
import { java, maven } from '../system-packages.ts';
import { ownedByServers, serverUser } from '../unprivileged.ts';

const version = pinned('elasticsearch');
const folder = `elasticsearch-${version}`;

async function distribution(): Promise<string> {
  const dir = await cached(folder, (into) => fetchByMaven('dependency:unpack@elasticsearch', into));
  return join(dir, folder);
}

function settings({ dir, ports }: Place): string {
  // JSON is YAML.
  return JSON.stringify({
    'cluster.name': 'conveyor',
    'node.name': 'local',
    'network.host': '127.0.0.1',
    'http.port': ports.elasticsearch,
    'transport.port': ports.elasticsearchTransport,
    'discovery.type': 'single-node',
    'path.data': join(dir, 'data'),
    'path.logs': join(dir, 'logs'),
    'xpack.security.enabled': false,
    // On a laptop whose disk is 90 % full an index would silently become read-only.
    'cluster.routing.allocation.disk.threshold_enabled': false,
  });
}

const jvmOptions = (temporary: string) => [
  '-Xms384m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  // It would touch the whole heap at once.
  '-XX:-AlwaysPreTouch',
  '-XX:+ExitOnOutOfMemoryError',
  // Not /tmp: it refuses to start when its configuration is below the folder its modules may write to.
  `-Djava.io.tmpdir=${temporary}`,
  // The quick compiler only: up in two thirds of the processor time, and fast enough for one node.
  '-XX:TieredStopAtLevel=1',
];

const logging = `
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d] %p %m (%c)%n
`;

export const elasticsearch: ServerDefinition = {
  name: 'elasticsearch',
  ports: ['elasticsearch', 'elasticsearchTransport'],
  product: async () => `Elasticsearch ${version}`,
  startsWithin: 300_000,
  stopSignal: 'SIGTERM',

  packages: async () => ((await inCache(folder)) === undefined ? [java, maven] : [java]),

  async provision() {
    await distribution();
  },

  async prepare(place) {
    const [config, temporary] = [join(place.dir, 'config'), join(place.dir, 'tmp')];
    for (const dir of [place.dir, config, temporary]) await ownedByServers(dir);
    await writeFile(join(config, 'elasticsearch.yml'), settings(place));
    await writeFile(join(config, 'jvm.options'), jvmOptions(temporary).join('\n'));
    await writeFile(join(config, 'log4j2.properties'), logging);
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: place.dir,
      // Without a locale Java would take paths for ASCII.
      LC_ALL: 'C.UTF-8',
      ES_JAVA_HOME: await javaHome(),
      ES_PATH_CONF: config,
      ES_TMPDIR: temporary,
      // For the program that starts the server.
      CLI_JAVA_OPTS: '-XX:TieredStopAtLevel=1',
    };
    const file = join(await distribution(), 'bin', 'elasticsearch');
    return [{ file, args: [], env, cwd: place.dir, user: serverUser }];
  },

  // There is no `GET /` in this distribution.
  ready: ({ ports }) =>
    answers(`http://127.0.0.1:${ports.elasticsearch}/_cluster/health?wait_for_status=yellow&timeout=1s`),
};
