import { ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { RedriveManyResult } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import type { Databases } from './databases.ts';
import { fullSize } from './full-size.ts';
import { tellLateness } from './lateness.ts';
import type { System } from './system.ts';

/** The waits of the system under test, in milliseconds: at full size those of the promise. */
export const retryDelaysMs = fullSize ? [1_000, 5_000, 30_000] : [100, 300, 1_000];
const ofEachBroker = fullSize ? 1_000 : 50;
/** So many of the last tries are left that there are 500 of them at full size. */
const failing = 0.85;
const perSecond = 100;
const brokers = ['rabbitmq', 'kafka'] as const;
const slow = { timeout: 600_000 };
const patient = { timeoutMs: 300_000 };

interface Step {
  readonly broker: string;
  readonly message_id: string;
  readonly kind: 'received' | 'retried';
  readonly at: Date;
}

/** How exactly the waits between tries are kept, on whole orders under load. */
export function testRetryDelays(running: () => System, databases: () => Databases): void {
  async function setFault(fault: object): Promise<void> {
    strictEqual(
      (await running().call('PUT', '/api/faults', { admin: true, body: { inventory: fault } })).status,
      200,
    );
  }

  /** By broker and wait: how much later than it was to be each next try began, in milliseconds. */
  async function lateness(ids: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const steps = await databases().query<Step>(
      'conveyor_gateway',
      `select broker, message_id, kind, at from journal
     where service = 'inventory' and type = 'order.created' and kind in ('received', 'retried')
       and order_id = any($1)
     order by message_id, at, kind desc`,
      [ids],
    );
    const late = new Map<string, number[]>();
    for (const all of Map.groupBy(steps, ({ message_id }) => message_id).values()) {
      let rung = 0;
      for (const [n, { kind, at, broker }] of all.entries()) {
        const next = all[n + 1];
        if (kind !== 'retried' || next?.kind !== 'received') continue;
        const wait = retryDelaysMs[rung++] ?? Number.NaN;
        const of = `${broker}, wait of ${wait} ms`;
        late.set(of, [...(late.get(of) ?? []), next.at.getTime() - at.getTime() - wait]);
      }
    }
    return late;
  }

  test(
    'orders whose reservation fails, a hundred a second, are tried again when it was said, and none is lost',
    slow,
    async (t) => {
      const sku = 'plenty';
      const product = { name: 'Plenty', price: { amount: 100, currency: 'EUR' }, onHand: 1_000_000 };
      strictEqual(
        (await running().call('PUT', `/api/products/${sku}`, { admin: true, body: product })).status,
        201,
      );
      await setFault({ mode: 'error', rate: failing });
      const ids: string[] = [];
      for (let n = 0; n < ofEachBroker * brokers.length; n += perSecond / 10) {
        // The pause is the load; nothing waits for it.
        const next = new Promise((resolve) => setTimeout(resolve, 100));
        const placed = await Promise.all(
          Array.from({ length: perSecond / 10 }, (_, k) =>
            running().place({ customerId: 'ada', items: [{ sku, quantity: 1 }], broker: brokers[k % 2] }),
          ),
        );
        for (const { status, body } of placed) {
          strictEqual(status, 202);
          ids.push(body.orderId);
        }
        await next;
      }
      const countOf = async (of: string) => {
        const [row] = await databases().query<{ count: number }>(
          'conveyor_inventory',
          `select count(*)::int ${of}`,
          [ids],
        );
        return row?.count ?? 0;
      };
      const reserved = () => countOf('from reservations where order_id = any($1)');
      const givenUp = () => countOf(`from dead_letters where status = 'waiting' and subject = any($1)`);
      await eventually(async () => strictEqual((await reserved()) + (await givenUp()), ids.length), patient);

      await setFault({ mode: 'ok' });
      const given = await givenUp();
      const { body } = await running().call<RedriveManyResult>('POST', '/api/dead-letters/redrive', {
        admin: true,
        body: { queue: 'inventory.events' },
      });
      t.diagnostic(`${ids.length} orders, ${given} given up and redriven: ${JSON.stringify(body)}`);
      const late = await lateness(ids);
      ok(late.size === brokers.length * retryDelaysMs.length, [...late.keys()].join());
      const ends = await Promise.all(ids.map((id) => running().final(id, patient.timeoutMs)));
      // Under such a load a charge may take longer than it has: then it ends as that, and not half-way.
      const reasons = Map.groupBy(ends, ({ status, reason }) => reason ?? status);
      t.diagnostic([...reasons].map(([reason, orders]) => `${orders.length} ${reason}`).join(', '));
      ok([...reasons.keys()].every((reason) => ['completed', 'payment-timeout', 'expired'].includes(reason)));
      strictEqual(await givenUp(), 0);
      tellLateness(t, late);
    },
  );
}
