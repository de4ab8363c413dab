import { setTimeout } from 'node:timers/promises';
import type { Readiness } from '@conveyor/contracts/http';
import type { WatchedBreaker } from '@conveyor/patterns/circuit-breaker/breaker';
import { type OutboxLag, outboxLag } from '@conveyor/patterns/transactional-outbox/outbox-lag';
import closeWithGrace from 'close-with-grace';
import type { TObject } from 'typebox';
import { type DatabaseConfig, InvalidConfig, readConfig, type ServiceConfig } from './config.ts';
import { addHealthRoutes, askAll } from './health.ts';
import { createHttp, type Http } from './http.ts';
import { createLogger, type Logger } from './logger.ts';
import { addMetricsRoute, type Metrics } from './metrics.ts';
import { type ChapterSchema, migrate } from './migrate.ts';
import { openPostgres, type Postgres } from './postgres.ts';
import { type Stoppable, stopInTurn } from './stop-in-turn.ts';
import { startTelemetry } from './telemetry/start-telemetry.ts';
import type { Watched } from './watched.ts';

/** What {@link runService} hands to a service's `app.ts`. */
export interface ServiceBase {
  readonly log: Logger;
  readonly http: Http;
  /** For numbers of the service's own in `/metrics`. */
  readonly metrics: Metrics;
  /** Adds a broker or store to what `/ready` asks. */
  addCheck(name: string, check: () => Promise<void>): void;
  /** Shows its state in the log, in `/ready` and in `/metrics`. */
  addBreaker(breaker: WatchedBreaker): void;
  /** Shows what waits in the service's outbox in `/ready` and in `/metrics`. */
  addOutbox(lag: () => Promise<OutboxLag>): void;
  /** The parts stop in the order in which they were added. */
  onStop(part: Stoppable): void;
  /** What `/ready` answers. */
  readiness(): Promise<Readiness>;
  /** Runs `task` at once and then every hour: for tidying up, which nothing waits for. A failure is logged and tried again an hour later. */
  everyHour(task: () => Promise<void>): void;
}

const httpGraceMs = 3_000;
const graceMs = 4_000;
const flushMs = 1_000;

/**
 * Starts a process: reads its configuration, lets `assemble` build it, listens, and on SIGTERM or a
 * failure nobody caught stops it within 10 s: no new requests and messages, what is in hand is
 * finished, connections are closed.
 */
export async function runService<Config extends ServiceConfig>(
  name: string,
  schema: TObject,
  assemble: (config: Config, base: ServiceBase) => Promise<void>,
): Promise<void> {
  const config = configOrExit<Config>(name, schema);
  const log = createLogger(name, config.LOG_LEVEL);
  const stopTelemetry = await startTelemetry(name, config.OTEL_EXPORTER_OTLP_ENDPOINT, log);
  const http = createHttp(log);
  const watched: Watched = { checks: new Map(), breakers: [] };
  const parts: Stoppable[] = [];

  closeWithGrace(
    { delay: 9_000, logger: { error: (err: unknown) => log.error({ err }, 'stopping') } },
    async ({ err, signal }) => {
      if (err) log.fatal({ err }, 'a failure that nobody caught');
      log.info({ signal }, 'stopping');
      // A client that waits for something must not keep messages from being finished.
      const closed = http
        .close()
        .catch((error: unknown) => log.warn({ err: error }, 'HTTP did not stop in order'));
      await Promise.race([closed, setTimeout(httpGraceMs, undefined, { ref: false })]);
      await stopInTurn(parts, graceMs, (error) => log.warn({ err: error }, 'a part did not stop in order'));
      await stopTelemetry(flushMs);
      log.info('stopped');
    },
  );

  addHealthRoutes(http, watched);
  const metrics = addMetricsRoute(http, name, watched);
  await assemble(config, {
    log,
    http,
    metrics,
    addCheck: (check, ask) => watched.checks.set(check, ask),
    addBreaker: (breaker) => {
      watched.breakers.push(breaker);
      breaker.onChange((state) => {
        log[state === 'open' ? 'warn' : 'info']({ breaker: breaker.name, state }, `breaker ${state}`);
      });
    },
    addOutbox: (lag) => {
      watched.outboxLag = lag;
    },
    onStop: (part) => parts.push(part),
    readiness: () => askAll(watched),
    everyHour: (task) => {
      const run = () => void task().catch((err: unknown) => log.warn({ err }, 'tidying up failed'));
      setInterval(run, 3_600_000).unref();
      run();
    },
  });
  await http.listen({ host: config.HOST, port: config.PORT });
  log.info({ port: config.PORT }, 'listening');
}

/** EX_CONFIG of sysexits.h: whoever supervises the process knows by it that another start is of no use. */
const wrongConfig = 78;

/** A wrong setting is the user's to mend: he is told which it is, without a stack trace. */
function configOrExit<Config>(name: string, schema: TObject): Config {
  try {
    return readConfig<Config>(schema);
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    process.stderr.write(`${name} cannot start. ${error.message}\n`);
    process.exit(wrongConfig);
  }
}

/** Opens the service's own database, brought to its newest schema. */
export async function openDatabase(
  { log, addCheck, addOutbox }: ServiceBase,
  config: DatabaseConfig,
  chapters: readonly ChapterSchema[],
  migrations: URL,
): Promise<Postgres> {
  await migrate(config.DATABASE_URL, chapters, migrations, log);
  const database = openPostgres(config.DATABASE_URL, config.DATABASE_POOL_SIZE, log);
  addCheck('postgres', () => database.check());
  if (chapters.includes('outbox')) addOutbox(() => outboxLag(database));
  return database;
}
