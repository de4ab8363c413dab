import type { Fault } from '../../infra/chaos/faults.ts';
import { brokenLimits, type Figures, type Limit, limitsOf } from '../../infra/chaos/limits.ts';
import type { Result } from '../../infra/chaos/run.ts';
import { quickly } from '../../infra/e2e/system.ts';
import { table } from '../measuring/table.ts';

/** A result, and where it was measured. */
export interface Measured extends Result {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
}

const words: Readonly<Record<keyof Figures, string>> = {
  orders: 'orders accepted',
  completed: 'completed',
  cancelled: 'cancelled',
  perSecond: 'orders a second',
  strikes: 'strikes',
  recoverySeconds: 'seconds until recovered, the slowest',
  finalSeconds: 'seconds until all orders were final and their customers told',
  quietSeconds: 'seconds until nothing waited',
  lost: 'lost',
  doubled: 'doubled',
  differing: 'differing',
  unanswered: 'requests without an answer within 45 s',
  slowestAnswer: 'seconds of the slowest answer',
  refused: 'orders that could not be placed within 4 minutes',
  givenUp: 'dead letters',
  underWay: 'requests under way when the gateway, or the order service, was asked to stop, the fewer',
  cutInFlight: 'requests that failed of those under way when any process was asked to stop',
  exitSeconds: 'seconds to stop, the slowest',
  breakerOpened: 'strikes that opened the breaker before the payment provider',
  acceptedMeanwhile: 'orders accepted while RabbitMQ was blocked',
  outboxPeak: 'messages that waited in outboxes then',
  grownMiB: 'MiB by which a service has grown under load, the most',
  leastShare:
    "part of a service's messages of one broker that the idler of its two processes has handled, the least",
};

/** The line that is printed for a row. */
export function lineOf(fault: Fault, result: Result): string {
  const { figures } = result;
  const broken = brokenBy(fault, result);
  const { orders, strikes, recoverySeconds, lost, doubled, differing } = figures;
  const recovery = `recovered within ${told(recoverySeconds)} s`;
  const end = `${lost} lost, ${doubled} doubled, ${differing} differing`;
  const verdict = broken.length === 0 ? 'holds' : `FALLS SHORT: ${broken.map(shortfall(figures)).join('; ')}`;
  return `${fault.name}: ${orders} orders, ${strikes} strikes, ${recovery}, ${end}: ${verdict}`;
}

/** The limits that a fault has now and that what was measured, maybe before it had them, does not keep. */
export function brokenBy(fault: Fault, { figures }: Result): readonly Limit[] {
  return brokenLimits(limitsOf(fault), figures);
}

/** RELIABILITY.md. Each figure in it comes from `measured`; a fault of which there is no measurement is said to have none. */
export function report(faults: readonly Fault[], measured: readonly Measured[]): string {
  const of = (name: string) => measured.find(({ fault }) => fault === name);
  return `# What holds when something breaks

Written by \`npm run chaos\`; do not edit. Each row is one run against real servers and all services as processes of one machine: clients
place orders, a quarter of the clients in each of the four combinations, each waiting for the end of its order before it places the next one,
and asking for every fourth once more with the same key; some with cards that are declined or flaky, some of goods that run out.
Meanwhile the system is broken by a schedule that a seed draws: the same seed, the same schedule. At the end the stores, the payment provider's own ledger and the read side are read without asking any service, and
held against what clients were told by a 2xx. Everything is as it comes, but for ${settings(quickly)}.

## In short

${table(
  [
    'fault',
    'orders',
    'strikes',
    'recovered within',
    'all final after',
    'lost',
    'doubled',
    'differing',
    'verdict',
  ],
  faults.map((fault) => rowOf(fault, of(fault.name))),
)}

- **recovered within**: from the end of a strike (the server is up again, the process was killed) until every service, broker and store answered
  through \`GET /api/health\`, or the killed process for itself; for brokers and links until every queue and consumer group had its consumers again, and
  an order had ended that was placed on each broker afterwards; the slowest.
- **all final after**: from the last strike, or the last accepted order if that came later; their customers told as well.
- **lost**: an accepted order without a stream, not final, or with a gap; a charge or saga without an end; a message that no queue took; a customer who was
  not told how his order ended by mail, SMS or push, though no dead letter says why.
- **doubled**: an order placed, ended or charged more than once, or charged though it was cancelled; a customer told by more than one
  SMS, push message or mail. The same mail may arrive twice, since SMTP knows no idempotency key, and is not counted.
- **differing**: stock that does not add up, goods or a saga that ended otherwise than their order, a document of the search that is not what the events say.

${faults.map((fault) => chapterOf(fault, of(fault.name))).join('\n')}`;
}

/** Settings of the services, as they are written in an environment. */
function settings(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `\`${name}=${value}\``)
    .join(', ');
}

function rowOf(fault: Fault, measured: Measured | undefined): readonly string[] {
  const name = `[${fault.name}](#${fault.name})`;
  if (!measured) return [name, ...Array.from({ length: 7 }, () => '–'), 'not measured'];
  const { orders, strikes, recoverySeconds, finalSeconds, lost, doubled, differing } = measured.figures;
  const counts = [orders, strikes].map((count) => count.toLocaleString('en'));
  const times = [recoverySeconds, finalSeconds].map((seconds) =>
    seconds === undefined ? 'never' : `${told(seconds)} s`,
  );
  const wrong = [lost, doubled, differing].map(String);
  return [
    name,
    ...counts,
    ...times,
    ...wrong,
    brokenBy(fault, measured).length === 0 ? 'holds' : 'falls short',
  ];
}

function chapterOf(fault: Fault, measured: Measured | undefined): string {
  const head = `## ${fault.name}\n\n${fault.what}.\n`;
  if (!measured) return `${head}\nNot measured: \`npm run chaos -- --fault ${fault.name}\`.\n`;
  const { date, machine, command, seed, size, figures, findings, strikes } = measured;
  const limits = limitsOf(fault);
  const broken = brokenBy(fault, measured);
  const lines = [...findings.lost, ...findings.doubled, ...findings.differing, ...findings.givenUp].slice(
    0,
    20,
  );
  return `${head}
Measured on ${date}, on ${machine}: \`${command}\` (seed ${seed}, ${size.atOnce} clients${fault.env ? `, with ${settings(fault.env)}` : ''}).

${table(
  ['must hold', 'seen', ''],
  limits.map((limit) => [
    promiseOf(limit),
    told(figures[limit.figure]),
    isIn(broken, limit) ? 'falls short' : 'holds',
  ]),
)}

Besides: ${besides(limits)
    .map((figure) => `${words[figure]}: ${told(figures[figure])}`)
    .join('; ')}.
${lines.length > 0 ? `\nWhat was found:\n\n${lines.map((line) => `- ${line}`).join('\n')}\n` : ''}
![Orders that ended over time](docs/reliability/${fault.name}-throughput.svg)
${strikes.length > 0 ? `\n![Seconds until recovered](docs/reliability/${fault.name}-recovery.svg)\n` : ''}`;
}

/** They mean nothing where something else is broken. */
const onlyWhereJudged: ReadonlySet<keyof Figures> = new Set([
  'underWay',
  'cutInFlight',
  'exitSeconds',
  'breakerOpened',
  'acceptedMeanwhile',
  'outboxPeak',
  'grownMiB',
  'leastShare',
]);

function besides(limits: readonly Limit[]): readonly (keyof Figures)[] {
  const judged = new Set(limits.map(({ figure }) => figure));
  return (Object.keys(words) as (keyof Figures)[]).filter(
    (figure) => !judged.has(figure) && !onlyWhereJudged.has(figure),
  );
}

function isIn(limits: readonly Limit[], { figure }: Limit): boolean {
  return limits.some((limit) => limit.figure === figure);
}

function promiseOf({ figure, atMost, atLeast }: Limit): string {
  const bound = atMost === undefined ? `at least ${atLeast}` : atMost === 0 ? 'none' : `at most ${atMost}`;
  return `${words[figure]}: ${bound}`;
}

const shortfall = (figures: Figures) => (limit: Limit) =>
  `${promiseOf(limit)}, seen ${told(figures[limit.figure])}`;

function told(figure: number | undefined): string {
  return figure === undefined
    ? 'never'
    : figure.toLocaleString('en', { maximumFractionDigits: figure < 1 ? 2 : 1 });
}
