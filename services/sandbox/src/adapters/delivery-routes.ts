import type { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import type { Http } from '@conveyor/service-kit/http';
import type { Postgres } from '@conveyor/service-kit/postgres';
import { Problem } from '@conveyor/service-kit/problems';
import { Type } from 'typebox';
import { type Delivery, deliveries } from './deliveries.ts';
import type { Silence } from './silence.ts';

interface Ports {
  readonly database: Postgres;
  readonly faults: Pick<FaultSwitch<'notification'>, 'draw'>;
  readonly silence: Silence;
}

const OrderId = Type.String({ format: 'uuid' });

const DeliveryBody = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 200 }),
    orderId: OrderId,
    to: Type.String({ minLength: 1, maxLength: 200 }),
    text: Type.String({ maxLength: 2_000 }),
  },
  { additionalProperties: false },
);

const OfOrder = Type.Object({ orderId: OrderId }, { additionalProperties: false });

/** The providers of SMS and push; `GET /deliveries` is for looking at what they were given. */
export function addDeliveryRoutes(http: Http, { database, faults, silence }: Ports): void {
  function accept(channel: Delivery['channel']): void {
    http.post(`/${channel}`, { schema: { body: DeliveryBody } }, async ({ body }, reply) => {
      const fault = faults.draw('notification');
      if (fault === 'timeout') return silence.keep(reply);
      if (fault === 'error') throw new Problem(503, `the ${channel} provider is out of order`);
      if (fault === 'decline') throw new Problem(400, `the ${channel} provider takes no such message`);
      await deliveries.record(database, { channel, ...body });
      return reply.status(202).send({ key: body.key });
    });
  }
  accept('sms');
  accept('push');

  http.get('/deliveries', { schema: { querystring: OfOrder } }, async ({ query: { orderId } }) => ({
    deliveries: await deliveries.ofOrder(database, orderId),
  }));
}
