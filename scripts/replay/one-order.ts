import { readLog } from '../../shared/brokers/kafka/index.ts';
import { MissingEvent } from '../../shared/patterns/08-event-sourcing/replay.ts';
import type { Paint } from '../follow/story.ts';
import type { At } from './command-line.ts';
import type { Places } from './places.ts';
import { inLog } from './recorded-event.ts';
import { endOf, lineOf, type Step, stepsOf } from './story.ts';

export interface OneOrder extends Pick<Places, 'kafka' | 'log'> {
  readonly orderId: string;
  readonly at?: At;
  readonly print: (line: string) => void;
  readonly paint: Paint;
  readonly signal?: AbortSignal;
}

/** Rebuilds one order from Kafka alone, and prints it step by step. False: it could not be. */
export async function showOrder({
  kafka,
  log,
  orderId,
  at,
  print,
  paint,
  signal,
}: OneOrder): Promise<boolean> {
  const events: Step['event'][] = [];
  const broken: string[] = [];
  await readLog(
    { brokers: kafka, clientId: 'replay' },
    {
      topic: log,
      key: orderId,
      async onBatch(deliveries) {
        for (const delivery of deliveries) {
          const event = inLog(delivery);
          if ('unreadable' in event) broken.push(event.unreadable);
          else events.push({ ...event, time: delivery.attributes['time'] ?? '' });
        }
      },
      ...(signal && { signal }),
    },
  );
  if (events.length === 0 && broken.length === 0) {
    print(`Kafka's log ${log} knows no order ${orderId}.`);
    return false;
  }
  print(paint('bold', `Order ${orderId}, from Kafka's log ${log}`));
  for (const problem of broken) print(paint('red', `This message cannot be understood: ${problem}`));
  return tell(events, at, print, paint) && broken.length === 0;
}

function tell(
  events: readonly Step['event'][],
  at: At | undefined,
  print: OneOrder['print'],
  paint: Paint,
): boolean {
  try {
    const steps = stepsOf(events, at);
    for (const step of steps) print(lineOf(step, paint));
    print(endOf(steps));
    return steps.length > 0;
  } catch (error) {
    if (!(error instanceof MissingEvent)) throw error;
    // As far as it can be trusted.
    for (const step of stepsOf(events, { version: error.version - 1 })) print(lineOf(step, paint));
    print(paint('red', `Version ${error.version} is not in the log: what came after it cannot be rebuilt.`));
    return false;
  }
}
