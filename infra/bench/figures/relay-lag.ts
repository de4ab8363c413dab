import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, type BrokerName, brokerNames, withPublisher } from '@conveyor/brokers';
import { percentile } from '@conveyor/testing/percentile';
import type { Comparison, Figure, Plot, Run } from '../figure.ts';
import { inTime } from '../in-time.ts';
import { interleaved } from '../interleaved.ts';
import { distribution } from '../load/distribution.ts';
import { drained } from '../relay/drained.ts';
import { type RelayGround, someMessages, startRelayGround } from '../relay/relay-ground.ts';

/** Of what the relay can do at most. */
const share = 0.3;
const seconds = 4;
/** Committed together, as by a service with something to do. */
const everyMs = 10;
/** What is promised, in milliseconds. */
const promised = { p50: 10, p99: 50 } as const;

export const relayLag: Figure = {
  name: 'relay-lag',
  what: `milliseconds from the commit of a message in the outbox until its broker has confirmed it, at ${share * 100} % of what the relay can do`,
  against: 'what is promised',

  async measure(run) {
    run.say('starting the servers');
    const ground = await startRelayGround();
    try {
      const measured: { readonly comparisons: readonly Comparison[]; readonly lags: readonly number[] }[] =
        [];
      for (const broker of brokerNames) measured.push(await lagsOf(run, ground, broker));
      const lines: Plot['lines'] = brokerNames.map((name, n) => ({
        name,
        points: distribution(measured[n]?.lags ?? []),
      }));
      return {
        comparisons: measured.flatMap(({ comparisons }) => comparisons),
        plots: [
          { title: 'How long a message waits in the outbox', x: 'milliseconds', y: '% of messages', lines },
        ],
      };
    } finally {
      await ground.stop();
    }
  },
};

async function lagsOf(run: Run, ground: RelayGround, broker: BrokerName) {
  const most = await drained(ground, broker, Math.min(10_000, run.rows), run.signal);
  const perSecond = Math.round(most * share);
  run.say(`${broker}: at most ${Math.round(most)} messages/s, so ${perSecond}`);
  const rounds: (readonly number[])[] = [];
  const { p50 } = await interleaved(run, {
    p50: async () => {
      const lags = await paced(run, ground, broker, perSecond);
      rounds.push(lags);
      return percentile(lags, 0.5);
    },
  });
  const p99 = rounds.map((lags) => percentile(lags, 0.99));
  const comparison = (name: keyof typeof promised, ours: readonly number[]): Comparison => ({
    what: `${broker}, ${name}`,
    unit: 'ms',
    ours,
    theirs: ours.map(() => promised[name]),
    aim: { is: 'at most', ratio: 1 },
  });
  return { comparisons: [comparison('p50', p50), comparison('p99', p99)], lags: rounds.flat() };
}

/** Commits `perSecond` messages for some seconds, and answers how long each waited. */
async function paced(
  { signal }: Run,
  ground: RelayGround,
  name: BrokerName,
  perSecond: number,
): Promise<readonly number[]> {
  const committedAt = new Map<string, number>();
  const lags: number[] = [];
  const count = perSecond * seconds;
  const { promise: allSent, resolve } = Promise.withResolvers<void>();
  const listening = confirming(ground.brokers[name], (id) => {
    const at = committedAt.get(id);
    // Confirmed before we hear of our own commit: it has not waited at all.
    lags.push(at === undefined ? 0 : performance.now() - at);
    if (lags.length === count) resolve();
  });
  const relay = ground.relay(listening, () => {});
  const messages = someMessages(name, count);
  const start = performance.now();
  const commits: Promise<void>[] = [];
  for (let written = 0; written < count; ) {
    const due = Math.min(count, Math.ceil(((performance.now() - start) * perSecond) / 1_000));
    const batch = messages.slice(written, due);
    written = due;
    const commit = ground.write(name, batch).then(() => {
      for (const { attributes } of batch) committedAt.set(attributes['id'] ?? '', performance.now());
      relay.wake();
    });
    commits.push(commit);
    // The pause is the load; nothing waits for it.
    await sleep(everyMs);
  }
  try {
    await Promise.all(commits);
    await inTime(signal, `all messages to be confirmed, on ${name}`, allSent);
  } finally {
    await relay.stop();
  }
  return lags;
}

/** The broker, with somebody who hears of each message that it confirms. */
function confirming(broker: Broker, onConfirmed: (id: string) => void): Broker {
  return withPublisher(broker, {
    async publish(messages) {
      const outcomes = await broker.publisher.publish(messages);
      for (const [n, { status }] of outcomes.entries())
        if (status === 'confirmed') onConfirmed(messages[n]?.attributes['id'] ?? '');
      return outcomes;
    },
  });
}
