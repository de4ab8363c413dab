import { brokers } from '@conveyor/e2e/combinations';
import { everySecond } from './every-second.ts';
import type { Instances } from './ground.ts';

/** How many messages a process has handled of each broker, as it said last. */
export interface Handled {
  readonly service: string;
  readonly port: number;
  /** Tells the process from those that had its port before. */
  readonly startedAt: string;
  readonly counts: Readonly<Record<(typeof brokers)[number], number>>;
}

/** What a process says of itself in Prometheus' text format; undefined where that tells of no messages. */
export function handledIn(metrics: string): Pick<Handled, 'startedAt' | 'counts'> | undefined {
  const startedAt = /^process_start_time_seconds\S* (\S+)/m.exec(metrics)?.[1];
  const lines = [...metrics.matchAll(/^conveyor_messages_total\{([^}]*outcome="handled"[^}]*)\} (\d+)/gm)];
  if (startedAt === undefined || lines.length === 0) return undefined;
  const of = (broker: string) =>
    lines
      .filter(([, labels]) => labels?.includes(`broker="${broker}"`))
      .reduce((sum, [, , count]) => sum + Number(count), 0);
  return { startedAt, counts: { rabbitmq: of('rabbitmq'), kafka: of('kafka') } };
}

/** The part of a service's messages of a broker that the instance with the fewest has handled: a half is the most that it can be. */
export function leastShares(
  handled: readonly Handled[],
  portsOf: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, number> {
  const shares = [...portsOf].flatMap(([service, ports]) =>
    brokers.map((broker): [string, number] => {
      const byInstance = ports.map((port) =>
        handled
          .filter((each) => each.service === service && each.port === port)
          .reduce((sum, { counts }) => sum + counts[broker], 0),
      );
      const all = byInstance.reduce((sum, count) => sum + count, 0);
      return [`${service} on ${broker}`, all === 0 ? 0 : Math.min(...byInstance) / all];
    }),
  );
  return new Map(shares);
}

/** Those whose every instance takes messages of orders. The others are asked over HTTP, or have one that does it for all. */
const sharing = ['inventory', 'order', 'order-saga', 'payment', 'notification'] as const;

export interface SharesWatch {
  /** By service and broker. */
  readonly shares: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Asks all instances how much they have handled, again and again: what one that is killed had handled since it was asked is not counted. */
export function watchShares(instances: Instances): SharesWatch {
  const handled = new Map<string, Handled>();
  const asked = sharing.flatMap((service) => instances[service].map(({ port }) => ({ service, port })));

  async function ask({ service, port }: (typeof asked)[number]): Promise<void> {
    const signal = AbortSignal.timeout(3_000);
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal });
    const seen = handledIn(await response.text());
    if (seen) handled.set(`${port} ${seen.startedAt}`, { service, port, ...seen });
  }

  const asking = everySecond(async () => {
    // One that is dead says nothing.
    await Promise.allSettled(asked.map(ask));
  });
  return {
    get shares() {
      const portsOf = new Map(
        sharing.map((service) => [service, instances[service].map(({ port }) => port)] as const),
      );
      return leastShares([...handled.values()], portsOf);
    },
    stop: asking.stop,
  };
}
