// npm run compare -- [--messages 2000] [--delay-ms 500] [--seed 1] [--out FOLDER] [--json FILE]: measures the patterns on both
// brokers of this machine, and writes COMPARISON.md with its plots. Uses the stack that runs here, or starts servers of its own.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrokerName, brokerNames } from '../shared/brokers/envelope.ts';
import { type Measured, measure, type Size } from './compare/measure.ts';
import { plot } from './compare/plot.ts';
import { type Row, report } from './compare/report.ts';
import { scenarios } from './compare/scenarios.ts';
import type { Servers } from './stage/servers.ts';
import { RealStage } from './stage/stage.ts';
import { withServers } from './stage/with-servers.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '2000' },
    'delay-ms': { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    pattern: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '..') },
    json: { type: 'string' },
  },
});

const silent = { say: () => {}, show: () => {}, list: () => {} };

async function measured(
  scenario: ReturnType<typeof scenarios>[number],
  broker: BrokerName,
  servers: Servers,
  size: Size,
) {
  const stage = new RealStage({
    chapter: scenario.pattern,
    broker,
    servers,
    narrator: silent,
    signal: interrupted.signal,
  });
  try {
    return await measure(scenario, stage, servers, size);
  } finally {
    await stage.clear();
  }
}

async function rowsOn(servers: Servers, size: Size): Promise<readonly Row[]> {
  const all = scenarios(Number(values['delay-ms'])).filter(
    ({ pattern }) => values.pattern === undefined || pattern === values.pattern,
  );
  const rows: Row[] = [];
  for (const [position, scenario] of all.entries()) {
    const on: Partial<Record<BrokerName, Measured>> = {};
    for (const broker of brokerNames) {
      process.stderr.write(`${position + 1} of ${all.length}: ${scenario.pattern} on ${broker} … `);
      on[broker] = await measured(scenario, broker, servers, size);
      process.stderr.write(`${Math.round(on[broker].perSecond)} messages/s\n`);
    }
    const { rabbitmq, kafka } = on;
    if (rabbitmq && kafka)
      rows.push({ pattern: scenario.pattern, what: scenario.what, on: { rabbitmq, kafka } });
  }
  return rows;
}

const [cpu] = cpus();
const machine = `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
const burst = Number(values.messages);
const size: Size = { burst, paced: Math.min(300, burst), seed: Number(values.seed) };
try {
  const rows = await withServers(console.error, interrupted.signal, (servers) => rowsOn(servers, size));
  const circumstances = { date: new Date().toISOString().slice(0, 10), machine, size };
  const plots = join(values.out, 'docs/comparison');
  await mkdir(plots, { recursive: true });
  const bars = (of: (each: Measured) => number) =>
    rows.map(({ pattern, on }) => ({ label: pattern, values: [of(on.rabbitmq), of(on.kafka)] }));
  const names = ['RabbitMQ', 'Kafka'];
  await writeFile(
    join(plots, 'throughput.svg'),
    plot(
      'Messages per second',
      names,
      bars((each) => each.perSecond),
      0,
    ),
  );
  await writeFile(
    join(plots, 'latency.svg'),
    plot(
      'Milliseconds on the way (p50)',
      names,
      bars((each) => each.p50),
      1,
    ),
  );
  await writeFile(join(values.out, 'COMPARISON.md'), report(rows, circumstances));
  if (values.json) await writeFile(values.json, JSON.stringify({ ...circumstances, rows }, null, 2));
  console.log(`${rows.length} patterns measured; see COMPARISON.md`);
} catch (error) {
  if (!interrupted.signal.aborted) console.error(error);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
