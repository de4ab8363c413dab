// npm run compare -- [--messages 2000] [--delay-ms 500] [--seed 1] [--pattern NAME --out FOLDER] [--out FOLDER] [--json FILE]: measures
// the patterns, or one of them, on both brokers of this machine, and writes COMPARISON.md with its plots. Uses the stack that runs here, or starts servers of its own.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrokerName, brokerNames } from '../shared/brokers/envelope.ts';
import { type CompareCommand, compareCommandOf } from './compare/command-line.ts';
import { type Measured, measure, type Size } from './compare/measure.ts';
import { type Row, report } from './compare/report.ts';
import { scenarios } from './compare/scenarios.ts';
import { barPlot } from './measuring/bar-plot.ts';
import { machineAndServers, thisMachine } from './measuring/machine.ts';
import { type Servers, serversIn } from './stage/servers.ts';
import { RealStage } from './stage/stage.ts';
import { withServers } from './stage/with-servers.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

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

type Wanted = Exclude<CompareCommand, { readonly wrong: string }>;

async function rowsOn(servers: Servers, { size, delayMs, patterns }: Wanted): Promise<readonly Row[]> {
  const all = scenarios(delayMs).filter(({ pattern }) => patterns.includes(pattern));
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

async function compare(wanted: Wanted): Promise<void> {
  const { size, out, json } = wanted;
  const rows = await withServers(console.error, interrupted.signal, (servers) => rowsOn(servers, wanted));
  const areOurs = serversIn(process.env) === undefined;
  const machine = areOurs ? await machineAndServers() : thisMachine();
  const circumstances = { date: new Date().toISOString().slice(0, 10), machine, size };
  const plots = join(out, 'docs/comparison');
  await mkdir(plots, { recursive: true });
  const bars = (of: (each: Measured) => number) =>
    rows.map(({ pattern, on }) => ({ label: pattern, values: [of(on.rabbitmq), of(on.kafka)] }));
  const names = ['RabbitMQ', 'Kafka'];
  const throughput = bars(({ perSecond }) => perSecond);
  const latency = bars(({ p50 }) => p50);
  await writeFile(join(plots, 'throughput.svg'), barPlot('Messages per second', names, throughput, 0));
  await writeFile(join(plots, 'latency.svg'), barPlot('Milliseconds on the way (p50)', names, latency, 1));
  await writeFile(join(out, 'COMPARISON.md'), report(rows, circumstances));
  if (json) await writeFile(json, JSON.stringify({ ...circumstances, rows }, null, 2));
  console.log(`${rows.length} patterns measured; see ${join(out, 'COMPARISON.md')}`);
}

const known = [...new Set(scenarios(1).map(({ pattern }) => pattern))];
const command = compareCommandOf(process.argv.slice(2), known, join(import.meta.dirname, '..'));
if ('wrong' in command) {
  console.error(command.wrong);
  process.exitCode = 2;
} else {
  try {
    await compare(command);
  } catch (error) {
    if (!interrupted.signal.aborted) console.error(error);
    process.exitCode = interrupted.signal.aborted ? 130 : 1;
  }
}
