import type { Delivery } from '@conveyor/brokers';
import type { Follower, OnLogBatch } from '@conveyor/brokers/kafka';
import { batchProjection, type ProjectBatch, type ReadModel } from '@conveyor/patterns/cqrs/batch-projection';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Messaging } from '@conveyor/service-kit/messaging/messaging';
import { readDelivery } from '@conveyor/service-kit/messaging/read-delivery';
import type { Subscription } from '@conveyor/service-kit/messaging/subscription';
import type { ServiceBase } from '@conveyor/service-kit/service';
import { inBatchSpan } from '@conveyor/service-kit/telemetry/message-spans';
import type { Watch } from '@conveyor/service-kit/watch';
import { madeAt } from './adapters/index-names.ts';
import { recordProjected } from './adapters/projected-entries.ts';
import type { StoppedOrders } from './adapters/stopped-orders.ts';
import { evolve, type OrderDocument } from './domain/order-document.ts';
import type { FollowGenerationsDeps } from './handlers/follow-generations.ts';
import { type LoggedEvent, loggedEvent } from './handlers/logged-event.ts';
import { projectLog } from './handlers/project-log.ts';
import { projectOne } from './handlers/project-one.ts';
import { subscriptions } from './subscriptions.ts';

/** The longest time for which the log may have gone unread: while a new release was started, or after an index was deleted. */
const unreadMs = 3_600_000;

export interface FeedingDeps {
  /** The documents of a generation. */
  readonly indexOf: (generation: string) => ReadModel<OrderDocument>;
  /** Reads the log for a generation, from the first event on. */
  readonly follow: <Read>(
    generation: string,
    read: (delivery: Delivery) => Read,
    onBatch: OnLogBatch<Read>,
  ) => Follower;
  readonly database: Tx;
  readonly messaging: Pick<Messaging, 'handler' | 'wakeRelays'>;
  readonly stopped: StoppedOrders;
  /** Is told of every order that has changed. */
  readonly watch: Watch;
}

export interface Feeding {
  readonly feed: FollowGenerationsDeps['feed'];
  /** For single events, into the generation that `name` says at that moment, if it is fed here. */
  oneByOneInto(name: () => string | undefined): readonly Subscription[];
}

/** Feeds generations from the log, and tells what is news of it. */
export function createFeeding(
  { log, metrics }: Pick<ServiceBase, 'log' | 'metrics'>,
  deps: FeedingDeps,
): Feeding {
  const { indexOf, follow, database, messaging, stopped, watch } = deps;
  const observeFreshness = metrics.histogram({
    name: 'conveyor_read_side_freshness_seconds',
    help: 'From the moment an event was written until it is in the read model; searches show it within another second.',
    labels: [],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
  });
  /** Of each generation that is being fed here. */
  const projections = new Map<string, ProjectBatch<LoggedEvent>>();

  async function onApplied(events: readonly LoggedEvent[]): Promise<void> {
    if (events.length === 0) return;
    await recordProjected(database, events);
    messaging.wakeRelays();
    for (const { time, streamId } of events) {
      observeFreshness({}, (Date.now() - Date.parse(time)) / 1_000);
      watch.tell(streamId);
    }
  }

  function oneByOne(projection: () => ProjectBatch<LoggedEvent> | undefined): readonly Subscription[] {
    return subscriptions(async (message) => {
      const event = loggedEvent(message);
      await projectOne(projection(), event);
      await onApplied([event]);
    });
  }

  function feed(name: string, isLive: () => boolean, isAlone: boolean): Follower {
    log.info({ index: name }, 'an index is being fed');
    const projection = batchProjection<LoggedEvent, OrderDocument>(indexOf(name), evolve);
    projections.set(name, projection);
    const own = oneByOne(() => projection);
    // What is older than the generation was told of when it went into the one before. If that is not fed here, because its documents have another
    // shape or it was deleted, nobody may have fed it for a while; what is told twice is recognised.
    const since = new Date(Date.parse(madeAt(name)) - (isAlone ? unreadMs : 0)).toISOString();
    const isNews = (time: string) => isLive() || time >= since;
    const { read, onBatch } = projectLog({
      read: (delivery) => loggedEvent(readDelivery(own, delivery).message),
      projection,
      onApplied: (events) => onApplied(events.filter(({ envelope }) => isNews(envelope.time))),
      onStopped: async (orderIds) => {
        if (!isLive()) await stopped.add(name, orderIds);
      },
      oneByOne: messaging.handler(own),
      onTrouble: (err) => log.warn({ err, index: name }, 'a batch is not projected yet'),
    });
    const follower = follow(name, read, (entries, signal) => {
      const news = entries
        .map(({ delivery }) => delivery)
        .filter(({ attributes }) => isNews(attributes['time'] ?? ''));
      return inBatchSpan('index', 'order-query.events', news, () => onBatch(entries, signal));
    });
    return {
      get following() {
        return follower.following;
      },
      async stop(graceMs) {
        await follower.stop(graceMs);
        // The index may be fed again meanwhile, by another follower.
        if (projections.get(name) === projection) projections.delete(name);
      },
    };
  }

  return { feed, oneByOneInto: (name) => oneByOne(() => projections.get(name() ?? '')) };
}
