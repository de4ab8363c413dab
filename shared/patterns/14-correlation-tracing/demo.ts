import { type Attributes, type Delivery, newMessageId } from '@conveyor/brokers';
import type { Demo } from '@conveyor/patterns/demo';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { nextHop, storyOf } from './story.ts';
import { newTraceparent, traceIdOf } from './trace-context.ts';

const orders = ['order 1', 'order 2'];
const hops = ['created', 'reserved', 'paid'];

export const demo: Demo = {
  title: 'two orders at the same time, over three services: which line belongs to which?',
  async run(stage) {
    const places = hops.map((hop) => stage.name(hop));
    const { publisher } = await stage.open({
      rabbitmq: { queues: places.map((place) => workQueue(place)) },
      kafka: { topics: places.map((name) => ({ name, partitions: 1 })) },
    });
    const log: Attributes[] = [];
    for (const [n, place] of places.entries()) {
      const onDelivery = async (delivery: Delivery) => {
        const { attributes, body } = delivery;
        const next = hops[n + 1];
        if (next !== undefined) {
          const { id = '', correlationid = '', traceparent = '', subject = '' } = attributes;
          const story = nextHop(storyOf({ id, correlationid, traceparent }));
          const [outcome] = await publisher.publish([
            {
              address: addressIn(stage.broker, stage.name(next), subject),
              orderingKey: subject,
              attributes: { ...attributes, ...story, id: newMessageId(), type: next },
              body,
            },
          ]);
          if (outcome?.status !== 'confirmed') throw new Error('the next message was not stored');
        }
        log.push(attributes);
        stage.show('handled', attributes['type'] ?? '', lineOf(attributes));
      };
      await stage.consume({ name: `${place}.worker`, channels: [place], concurrency: 1, onDelivery });
    }

    stage.say(`Each service logs what it takes: the end of the story's id, of the trace and of the span. Watch what stays
      the same from one service to the next, and what is new each time.`);
    await stage.send(
      orders.map((subject) => ({
        to: addressIn(stage.broker, stage.name('created'), subject),
        type: 'created',
        subject,
        body: subject,
        attributes: { correlationid: newMessageId(), traceparent: newTraceparent() },
      })),
    );
    await stage.until('both orders are paid', () => log.length >= orders.length * hops.length);
    const different = (ids: readonly (string | undefined)[]) => new Set(ids).size;
    return {
      'orders sent': orders.length,
      'messages handled': log.length,
      'different stories': different(log.map((line) => line['correlationid'])),
      'different traces': different(log.map((line) => traceIdOf(line['traceparent']))),
      'different spans': different(log.map((line) => line['traceparent'])),
    };
  },
};

function lineOf({ correlationid = '', traceparent = '' }: Attributes): string {
  const [, trace = '', span = ''] = traceparent.split('-');
  return `story …${correlationid.slice(-4)}, trace …${trace.slice(-4)}, span …${span.slice(-4)}`;
}
