import { basename } from 'node:path';
import type { BrokerName } from '../../shared/brokers/envelope.ts';
import { table } from '../measuring/table.ts';
import { chapterNamed } from '../rooms/chapter-folders.ts';
import { judgements } from './material.ts';
import type { Measured, Size } from './measure.ts';

/** One pattern, measured on both brokers. */
export interface Row {
  readonly pattern: string;
  readonly what: string;
  readonly on: Readonly<Record<BrokerName, Measured>>;
}

/** Where and when it was measured. */
export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly size: Size;
}

const brokers = ['rabbitmq', 'kafka'] as const;
const titles: Readonly<Record<BrokerName, string>> = { rabbitmq: 'RabbitMQ', kafka: 'Kafka' };

/** COMPARISON.md. Each figure in it comes from `rows`. */
export function report(rows: readonly Row[], { date, machine, size }: Circumstances): string {
  return `# RabbitMQ and Kafka, pattern by pattern

Written by \`npm run compare\`; do not edit. Measured on ${date}, on ${machine}, with one server of each kind
on the same machine, ${size.burst.toLocaleString('en')} messages at once and ${size.paced.toLocaleString('en')} one after the other, seed ${size.seed}.
The figures tell how two ways of doing the same compare *here*; they are no promise for another machine. Run it on yours.

## What was measured

${table(
  [
    'pattern',
    'broker',
    'messages/s',
    'p50 ms',
    'p99 ms',
    'order kept',
    'handed out again after',
    'replay possible',
  ],
  rows.flatMap(({ pattern, on }) =>
    brokers.map((broker) => [link(pattern), titles[broker], ...cells(on[broker])]),
  ),
)}

- **messages/s**: from the first that is sent to the last whose handling has ended, of all receivers together.
- **p50, p99**: from before a message is sent until its handling has ended, ${size.paced.toLocaleString('en')} of them, one each ten milliseconds.
- **order kept**: two keys, ten messages in hand, work that takes differently long: how many ended behind a later one of their key.
- **handed out again after**: from the death (SIGKILL) of the process that had a message in hand until another one had handled it. RabbitMQ sees its connection
  end. Kafka waits until a member of the group has been silent for the session timeout that this member has asked for: our consumers ask for 6 s, the least that
  Kafka grants unless it is told otherwise, so the figure shows that setting. A consumer that stops in order is missed at once, on both.
  If the whole machine is gone, RabbitMQ notices by missed heartbeats (10 s here, 60 s by default), Kafka after the same 6 s.
- **replay possible**: how many of the messages that had been acknowledged were there for a newcomer.

What each row sends:

${rows.map(({ pattern, what }) => `- ${pattern}: ${what}`).join('\n')}

![Messages per second](docs/comparison/throughput.svg)

![Milliseconds, p50](docs/comparison/latency.svg)

## What to choose

${table(
  ['pattern', 'for', 'coupling', 'complexity', 'faster here', 'choose it when', 'not when'],
  rows.flatMap(({ pattern, on }) => {
    const judgement = judgements[pattern];
    if (!judgement) return [];
    const { useCase, coupling, complexity, choose, avoid } = judgement;
    return [[link(pattern), useCase, coupling, complexity, faster(on), choose, avoid]];
  }),
)}

\`\`\`mermaid
flowchart TD
  q1{must a newcomer be able<br/>to read what was there before?} -->|yes| k["Kafka: ${replayOf(rows, 'kafka')} of the messages were still there"]
  q1 -->|no| q2{must messages of one key<br/>never overtake each other?}
  q2 -->|yes| k2["Kafka: ${overtakenOf(rows, 'kafka')} overtaken, RabbitMQ: ${overtakenOf(rows, 'rabbitmq')}"]
  q2 -->|no| q3{must a message be handed out again<br/>soon after its consumer's process died?}
  q3 -->|yes| r["RabbitMQ: after ${againOf(rows, 'rabbitmq')}, Kafka: after ${againOf(rows, 'kafka')}"]
  q3 -->|no| q4{different receivers,<br/>priorities, a few fixed waits?}
  q4 -->|yes| r2[RabbitMQ: the broker does it]
  q4 -->|no| e[either: take the one you run already]
\`\`\`
`;
}

function cells({
  perSecond,
  p50,
  p99,
  overtaken,
  redeliveredAfter,
  replayable,
  sent,
}: Measured): readonly string[] {
  return [
    Math.round(perSecond).toLocaleString('en'),
    p50.toFixed(1),
    p99.toFixed(1),
    orElse(overtaken, (count) => (count === 0 ? 'yes' : `no: ${count} overtaken`)),
    orElse(redeliveredAfter, duration),
    orElse(replayable, (count) =>
      count > 0 ? `yes: ${count.toLocaleString('en')} of ${sent?.toLocaleString('en')}` : 'no',
    ),
  ];
}

/** A call has no such thing. */
function orElse(value: number | undefined, tell: (value: number) => string): string {
  return value === undefined ? '–' : tell(value);
}

function link(pattern: string): string {
  const folder = basename(chapterNamed(pattern)?.folder ?? '');
  return `[${pattern}](shared/patterns/${folder}/README.md)`;
}

function faster(on: Row['on']): string {
  const ratio = on.kafka.perSecond / on.rabbitmq.perSecond;
  return ratio >= 1 ? `Kafka, ${ratio.toFixed(1)} times` : `RabbitMQ, ${(1 / ratio).toFixed(1)} times`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function againOf(rows: readonly Row[], broker: BrokerName): string {
  return duration(middle(rows.flatMap(({ on }) => on[broker].redeliveredAfter ?? [])));
}

function overtakenOf(rows: readonly Row[], broker: BrokerName): string {
  return String(middle(rows.flatMap(({ on }) => on[broker].overtaken ?? [])));
}

function replayOf(rows: readonly Row[], broker: BrokerName): string {
  const percent = middle(
    rows.flatMap(({ on: { [broker]: of } }) => (of.sent ? (100 * (of.replayable ?? 0)) / of.sent : [])),
  );
  return `${percent.toFixed(0)} %`;
}
