import { setTimeout as sleep } from 'node:timers/promises';
import { Amount, Currency, OrderId, PaymentToken } from '@conveyor/contracts';
import type { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import type { Http } from '@conveyor/service-kit/http';
import { Problem, unprocessable } from '@conveyor/service-kit/problems';
import { Type } from 'typebox';
import type { ChargeAnswer } from '../domain/charge.ts';
import type { chargeCard } from '../handlers/charge-card.ts';
import type { voidCharge } from '../handlers/void-charge.ts';
import type { Silence } from './silence.ts';

interface Ports {
  readonly chargeCard: ReturnType<typeof chargeCard>;
  readonly voidCharge: ReturnType<typeof voidCharge>;
  readonly faults: Pick<FaultSwitch<'payment'>, 'draw'>;
  readonly silence: Silence;
}

const Key = Type.String({ minLength: 1, maxLength: 200 });

const ChargeBody = Type.Object(
  {
    key: Key,
    orderId: OrderId,
    amount: Amount,
    currency: Currency,
    token: PaymentToken,
  },
  { additionalProperties: false },
);

const statusOf: Readonly<Record<ChargeAnswer, number>> = {
  charged: 201,
  declined: 402,
  voided: 409,
  unavailable: 503,
};

const slowMs = 2_000;

/** The payment provider: `POST /charges` and `POST /charges/{key}/void`, as tokens and faults will have it. */
export function addChargeRoutes(http: Http, { chargeCard, voidCharge, faults, silence }: Ports): void {
  http.post('/charges', { schema: { body: ChargeBody } }, async ({ body }, reply) => {
    const fault = faults.draw('payment');
    if (fault === 'timeout' || body.token === 'tok_timeout') return silence.keep(reply);
    if (fault === 'error') throw outOfOrder();
    // A client that has hung up by then is charged all the same: not hearing an answer does not mean that nothing happened.
    if (body.token === 'tok_slow') await sleep(slowMs);

    const answer = await chargeCard(body, fault === 'decline');
    if (typeof answer === 'object') throw unprocessable('/key', 'was used before with another body');
    return reply.status(statusOf[answer]).send({ key: body.key, outcome: answer });
  });

  http.post('/charges/:key/void', { schema: { params: Type.Object({ key: Key }) } }, async ({ params }) => {
    // Charges alone hang, as with `tok_timeout`: an order ends once its charge has been called off.
    if (faults.draw('payment') === 'error') throw outOfOrder();
    return voidCharge(params.key);
  });
}

function outOfOrder(): Problem {
  return new Problem(503, 'the payment provider is out of order');
}
