import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { PaymentToken } from '@conveyor/contracts';
import type { LedgerEntry } from '@conveyor/contracts/http';
import { readConfig } from '@conveyor/service-kit/config';
import { openServiceBase } from '@conveyor/testing/service-base';
import { assemble, Config } from '../src/app.ts';

/** The body of a charge of an order of its own. */
export function chargeOf(token: PaymentToken, orderId: string = randomUUID()) {
  return { key: `charge:${orderId}`, orderId, amount: 1900, currency: 'EUR', token };
}

/** The whole service on `databaseUrl`, listening on a free port. */
export async function startSandbox(databaseUrl: string) {
  const { base, stop } = openServiceBase('sandbox');
  const { http } = base;
  let received = 0;
  http.addHook('preHandler', async () => {
    received += 1;
  });
  await assemble(readConfig(Config, { PORT: '0', DATABASE_URL: databaseUrl }), base);
  await http.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;

  async function call(method: string, path: string, body?: object, signal?: AbortSignal) {
    const response = await fetch(url + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  return {
    /** How many requests have reached their handler. */
    received: () => received,
    get: (path: string) => call('GET', path),
    post: (path: string, body?: object, signal?: AbortSignal) => call('POST', path, body, signal),
    charge: (body: object, signal?: AbortSignal) => call('POST', '/charges', body, signal),
    void: (key: string, signal?: AbortSignal) =>
      call('POST', `/charges/${encodeURIComponent(key)}/void`, undefined, signal),
    faults: (change: object) => call('PUT', '/internal/faults', change),
    async movementsOf(orderId: string): Promise<string[]> {
      const { body } = await call('GET', `/api/ledger?orderId=${orderId}`);
      return (body['entries'] as LedgerEntry[]).map(
        ({ kind, amount, currency }) => `${kind} ${amount} ${currency}`,
      );
    },
    stop,
  };
}
