// npm run bench -- [--only FIGURE …] [--rounds 6] [--orders 300] [--at-once 50] [--rows 100000] [--soak] [--out FOLDER] [--json FILE]
// measures how fast the system is, and writes PERFORMANCE.md with its plots. With --record-budget it makes what an order
// costs now what it may cost. Starts servers and services of its own.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, Size } from '../infra/bench/figure.ts';
import { recordCost } from '../infra/bench/figures/cost.ts';
import { figures } from '../infra/bench/figures.ts';
import { type BenchCommand, benchCommandOf } from './bench/command-line.ts';
import { plotNames, type Result, report } from './bench/report.ts';
import { openKept } from './measuring/kept.ts';
import { linePlot } from './measuring/line-plot.ts';
import { machineAndServers } from './measuring/machine.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interrupted.abort(new Error('interrupted')));

const runOf = (name: string, size: Size): Run => ({
  ...size,
  signal: interrupted.signal,
  say: (line) => console.error(`${name}: ${line}`),
});

type Wanted = Extract<BenchCommand, { readonly figures: readonly string[] }>;

/** By file name. */
function plotsOf(result: Result): ReadonlyMap<string, string> {
  const names = plotNames(result);
  return new Map(
    (result.plots ?? []).map(({ title, lines, ...axes }, n) => [
      names[n] ?? '',
      linePlot(title, axes, lines),
    ]),
  );
}

async function bench({ figures: names, size, out, json }: Wanted): Promise<void> {
  const kept = await openKept<Result>(join(out, 'docs/performance'));
  const results: Result[] = [];
  const wanted = figures.filter(({ name }) => names.includes(name));
  for (const [position, figure] of wanted.entries()) {
    const { name, what, against } = figure;
    console.error(`${position + 1} of ${wanted.length}: ${name}`);
    const measured = await figure.measure(runOf(name, size));
    const result: Result = {
      name,
      what,
      against,
      date: new Date().toISOString().slice(0, 10),
      machine: await machineAndServers(),
      command: ['npm run bench', ...(given.length > 0 ? ['--', ...given] : [])].join(' '),
      size,
      ...measured,
    };
    results.push(result);
    await kept.put(name, result, plotsOf(result));
    await writeFile(join(out, 'PERFORMANCE.md'), report(figures, await kept.all()));
  }
  if (json) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`${results.length} figures measured; see ${join(out, 'PERFORMANCE.md')}`);
}

const given = process.argv.slice(2);
const known = figures.map(({ name }) => name);
const command = benchCommandOf(given, known, join(import.meta.dirname, '..'));
try {
  if ('wrong' in command) {
    console.error(command.wrong);
    process.exit(2);
  } else if ('recordBudget' in command)
    await recordCost(runOf('cost', { rounds: 1, orders: 1, inARow: 1, atOnce: 1, rows: 1 }));
  else await bench(command);
} catch (error) {
  if (!interrupted.signal.aborted) console.error(error);
  process.exit(interrupted.signal.aborted ? 130 : 1);
}
// Whatever a figure may have left open.
process.exit(0);
