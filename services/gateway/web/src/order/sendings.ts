import { type Happening, isUndoing } from './happening.ts';
import { deliveryOf, type Placed, type Point } from './placed-happening.ts';

/** A message on its way from where it was published to one who received it. */
export interface Arrow {
  readonly key: string;
  readonly from: Point;
  readonly to: Point;
}

/** A message as it left a service, with all its ways. */
export interface Sending {
  readonly key: string;
  readonly messageId: string | undefined;
  readonly type: string;
  readonly broker: 'kafka' | 'rabbitmq' | undefined;
  readonly from: Point;
  readonly service: string;
  readonly isUndo: boolean;
  /** Of those without an arrow: all is over without it. The audit trail has read it, or nobody, or it is due later. Else it is on its way. */
  readonly isWaitedForNoMore: boolean;
  readonly arrows: readonly Arrow[];
  /** On which side of its lane its name stands. */
  readonly side: 'left' | 'right';
}

/** Every message that was published, with whom it has reached. `isOver`: nobody waits for any of them any more. */
export function sendingsOf(placed: readonly Placed[], isOver: boolean): readonly Sending[] {
  const published = placed.filter(({ happening: { kind } }) => kind === 'published').filter(isFirst);
  // Only the first time: what a retry brings back is marked at the lane, it does not come from the sender again.
  const firsts = new Map<string, Placed>();
  for (const each of placed) {
    const { kind } = each.happening;
    if (kind !== 'received' && kind !== 'handled' && kind !== 'duplicate' && kind !== 'projected') continue;
    const delivery = deliveryOf(each.happening);
    if (!firsts.has(delivery)) firsts.set(delivery, each);
  }
  return published.map((sent) => {
    const { messageId, type = 'message', broker, service } = sent.happening;
    const twins = published.filter(({ happening }) => happening.messageId === messageId);
    const arrows = [...firsts]
      .filter(([, { happening }]) => happening.messageId === messageId && sourceOf(happening, twins) === sent)
      .map(([key, { x, y }]) => ({ key, from: at(sent), to: { x, y: Math.max(y, sent.y) } }));
    const toLeft = arrows.filter(({ to }) => to.x < sent.x).length;
    return {
      key: `${messageId ?? sent.n} ${broker} ${sent.n}`,
      messageId,
      type,
      broker,
      from: at(sent),
      service,
      isUndo: isUndoing(type),
      isWaitedForNoMore: arrows.length === 0 && isOver,
      arrows,
      side: toLeft > arrows.length / 2 ? 'left' : 'right',
    };
  });
}

/** One that is sent once more, by whoever had given it up, is marked there as redriven. */
function isFirst({ happening: { messageId, broker } }: Placed, at: number, all: readonly Placed[]): boolean {
  const isSame = ({ happening }: Placed) => happening.messageId === messageId && happening.broker === broker;
  return messageId === undefined || all.findIndex(isSame) === at;
}

/** A message may be published on both brokers, with one id: it came by the one it was received from. */
function sourceOf({ broker }: Happening, twins: readonly Placed[]): Placed | undefined {
  return twins.find(({ happening }) => happening.broker === broker) ?? twins[0];
}

function at({ x, y }: Point): Point {
  return { x, y };
}
