import type { OrderView, Timeline } from '@conveyor/contracts/http';
import { useCallback, useEffect } from 'react';
import { call } from '../api/call.ts';
import { type Loaded, useAnswer } from '../api/use-answer.ts';
import { subscribeToLive } from '../live/stream.ts';

export interface OrderLife {
  readonly order: OrderView;
  readonly timeline: Timeline;
}

/** Often enough to watch, seldom enough for an order whose entries come by the dozen. */
const refreshMs = 400;
/** As a net, should the stream be lost. */
const slowlyMs = 5_000;

/** An order and all that happened to it; asked for anew shortly after the stream told something of it. */
export function useOrder(orderId: string): Loaded<OrderLife> {
  const ask = useCallback(
    async (signal: AbortSignal) => {
      const path = `/api/orders/${encodeURIComponent(orderId)}`;
      const [order, timeline] = await Promise.all([
        call<OrderView>(path, { signal }),
        call<Timeline>(`${path}/timeline`, { signal }),
      ]);
      return { order, timeline };
    },
    [orderId],
  );
  const loaded = useAnswer(orderId, ask, slowlyMs);
  const { reload } = loaded;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = subscribeToLive(({ fresh }) => {
      if (timer !== undefined || !fresh.some((entry) => entry.orderId === orderId)) return;
      timer = setTimeout(() => {
        timer = undefined;
        reload();
      }, refreshMs);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [orderId, reload]);
  return loaded;
}
