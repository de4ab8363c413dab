// npm run cluster-check: kills each container of the running cluster, one after the other, while orders of all kinds
// are placed, starts it again, and holds what became of the orders against what is promised. Names of services
// (`-- kafka order`) take those only. infra/cluster/README.md has what it showed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProductView } from '../shared/contracts/http/index.ts';
import { findViolations } from '../shared/testing/invariants/violations.ts';
import { type ClusterCheckCommand, clusterCheckCommandOf } from './cluster-check/command-line.ts';
import {
  assertExpendable,
  type Container,
  containers,
  files,
  kill,
  start,
} from './cluster-check/containers.ts';
import { factsOf } from './cluster-check/facts.ts';
import { Load } from './cluster-check/load.ts';
import { Shop } from './cluster-check/shop.ts';

/** There is one of each, or it is the world outside. */
const spared = ['postgres', 'elasticsearch', 'mail', 'sandbox', 'lgtm', 'collector', 'kafka-page'];

const plenty = 1_000_000;
const wholeWithinMs = 180_000;
const settledWithinMs = 60_000;
const askAgainMs = 1_000;

const interrupted = new Error('Broken off');
/** Aborted by a signal, and by an order of the load that could not be placed. */
const ending = new AbortController();
// Ctrl-C comes twice, from the terminal and from the door: `once` would let the second one kill us before the container that
// is away has been started again.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => ending.abort(interrupted));

async function main(command: ClusterCheckCommand): Promise<number> {
  if ('wrong' in command) {
    console.error(command.wrong);
    return 2;
  }
  const { rate, services } = command;
  const running = await containers();
  const victims = running.filter(
    ({ service }) => !spared.includes(service) && (services.length === 0 || services.includes(service)),
  );
  const gateways = running
    .filter(({ service }) => service === 'gateway')
    .flatMap(({ ports }) => ports.map((port) => `http://127.0.0.1:${port}`));
  if (victims.length === 0 || gateways.length === 0) {
    console.error(`Nothing to kill. Start the cluster: docker compose ${files.join(' ')} up --wait`);
    return 2;
  }

  const shop = new Shop(gateways, process.env['ADMIN_TOKEN'] ?? 'local-demo', ending.signal);
  const skus = (await shop.products()).map(({ sku }) => sku);
  for (const sku of skus) await shop.stockUp(sku, plenty);
  const before = await shop.products();
  const formerLetters = await shop.deadLetters();
  const load = new Load(shop, skus);

  await untilExpendable(victims[0] as Container);
  const undisturbed = await load.allFourWays();
  console.log(
    `All four ways at once, nothing away: ${seconds(undisturbed.took)}, ${undisturbed.completed} completed.`,
  );
  load.start(rate, (error) => ending.abort(error));

  console.log(
    '\n| killed | all four ways ended without it after | completed | and it was back after | calls made again |',
  );
  console.log('|---|---|---|---|---|');
  for (const victim of victims) {
    await untilExpendable(victim);
    const repeatedBefore = shop.repeated;
    const { ended, restarted } = await endedWithout(victim, load);
    await until(async () => {
      const found = (await containers()).find(({ name }) => name === victim.name);
      if (!found?.isHealthy) throw new Error(`${victim.name} is not healthy`);
    });
    const back = (Date.now() - restarted) / 1_000;
    console.log(
      `| ${victim.name} | ${seconds(ended.took)} | ${ended.completed} | ${seconds(back)} | ${shop.repeated - repeatedBefore} |`,
    );
  }

  await load.stop();
  const stopped = Date.now();
  for (const orderId of load.accepted) await load.untilFinal(orderId);
  console.log(
    `\nAll ${load.accepted.length} orders had ended ${seconds((Date.now() - stopped) / 1_000)} after the last.`,
  );

  const violations = await lastingViolations(shop, load, before);
  const deadLetters = (await shop.deadLetters()) - formerLetters;
  for (const { code, id, detail } of violations) console.log(`${code}: ${id}: ${detail}`);
  console.log(`Violations: ${violations.length}. Dead letters: ${deadLetters}.`);
  return violations.length === 0 && deadLetters === 0 ? 0 : 1;
}

/** Goods are sold or released, and money is given back, after an order has ended: what is wrong until then is looked at again. */
async function lastingViolations(shop: Shop, load: Load, before: readonly ProductView[]) {
  for (const end = Date.now() + settledWithinMs; ; await sleep(askAgainMs)) {
    const violations = findViolations(await factsOf(shop, load.accepted, before), load.accepted);
    if (violations.length === 0 || Date.now() > end) return violations;
  }
}

/** Kills it, lets orders end without it, and starts it again, whatever has happened meanwhile. */
async function endedWithout(victim: Container, load: Load) {
  try {
    await kill(victim);
    const ended = await load.allFourWays();
    return { ended, restarted: Date.now() };
  } finally {
    await start(victim);
  }
}

/** The next may be killed when nothing is missing any more of what the last one had. */
async function untilExpendable(victim: Container): Promise<void> {
  await until(() => assertExpendable(victim));
}

async function until(check: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + wholeWithinMs; ; await sleep(askAgainMs)) {
    ending.signal.throwIfAborted();
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

function seconds(count: number): string {
  return `${count.toFixed(1)} s`;
}

try {
  process.exit(await main(clusterCheckCommandOf(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(ending.signal.reason === interrupted ? 130 : 1);
}
