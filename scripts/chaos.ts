// npm run chaos -- [--fault NAME …] [--seed 1] [--orders 200] [--clients N] [--full] [--out FOLDER] [--json FILE]: breaks the whole system while orders
// are placed, holds the end against what was promised, and writes RELIABILITY.md with its plots. --full: as much as is promised.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { faults } from '../infra/chaos/faults.ts';
import { startGround } from '../infra/chaos/ground.ts';
import { tryFault } from '../infra/chaos/run.ts';
import { openWorld } from '../infra/chaos/world.ts';
import { type ChaosCommand, chaosCommandOf } from './chaos/command-line.ts';
import { brokenBy, lineOf, type Measured, report } from './chaos/report.ts';
import { barPlot } from './measuring/bar-plot.ts';
import { openKept } from './measuring/kept.ts';
import { machineAndServers } from './measuring/machine.ts';
import { timePlot } from './measuring/time-plot.ts';

type Wanted = Exclude<ChaosCommand, { readonly wrong: string }>;

/** One for each of the four ways. Two cores have something left then for what is started again. */
const usualClients = 4;

const args = process.argv.slice(2);

/** Each fault in a stack of its own, so that none has to do with what another one has left. */
async function measure({ seed, size, clients }: Wanted, fault: (typeof faults)[number]): Promise<Measured> {
  const ground = await startGround(fault);
  try {
    const world = await openWorld(ground, Math.ceil(size.orders / 20));
    try {
      const say = (line: string) => console.error(`  ${line}`);
      const atOnce = clients ?? fault.clients ?? usualClients;
      const result = await tryFault({ world, fault, seed, size, atOnce, say });
      const date = new Date().toISOString().slice(0, 10);
      const machine = await machineAndServers();
      return { ...result, date, machine, command: ['npm run chaos --', ...args].join(' ') };
    } finally {
      await world.close();
    }
  } finally {
    await ground.stop();
  }
}

/** By file name. */
function plotsOf({ fault, strikes, throughput }: Measured): ReadonlyMap<string, string> {
  const marks = strikes.map(({ at, name }) => ({ at, label: name }));
  const perSecond = throughput.ended.map((count) => count / throughput.every);
  const bars = strikes.map(({ name, at, recovery }) => ({
    label: `${name} at ${Math.round(at)} s`,
    values: [recovery ?? 0],
  }));
  return new Map([
    [
      `${fault}-throughput.svg`,
      timePlot(`${fault}: orders that ended a second`, perSecond, throughput.every, marks),
    ],
    [`${fault}-recovery.svg`, barPlot(`${fault}: seconds until recovered`, [], bars, 1)],
  ]);
}

async function chaos(wanted: Wanted): Promise<boolean> {
  const kept = await openKept<Measured>(join(wanted.out, 'docs/reliability'));
  const measured: Measured[] = [];
  let allHold = true;
  for (const fault of faults.filter(({ name }) => wanted.faults.includes(name))) {
    console.error(`${fault.name}: ${fault.what} (seed ${wanted.seed})`);
    const result = await measure(wanted, fault);
    measured.push(result);
    allHold &&= brokenBy(fault, result).length === 0;
    await kept.put(fault.name, result, plotsOf(result));
    console.log(lineOf(fault, result));
    await writeFile(join(wanted.out, 'RELIABILITY.md'), report(faults, await kept.all()));
  }
  if (wanted.json) await writeFile(wanted.json, `${JSON.stringify(measured, null, 2)}\n`);
  return allHold;
}

const names = faults.map(({ name }) => name);
const command = chaosCommandOf(args, names, join(import.meta.dirname, '..'));
if ('wrong' in command) {
  console.error(command.wrong);
  process.exitCode = 2;
} else {
  process.exitCode = (await chaos(command)) ? 0 : 1;
}
