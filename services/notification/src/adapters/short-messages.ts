import {
  InfrastructureFault,
  PermanentFault,
  TransientFault,
} from '@conveyor/patterns/dead-letter-queue/failure';
import { tracedFetch } from '@conveyor/service-kit/telemetry/traced-fetch';
import type { ShortMessage } from '../domain/wording.ts';
import type { Parcel } from '../handlers/deliver.ts';

export interface ShortMessagesOptions {
  /** The base URL of the provider. */
  readonly url: string;
  readonly channel: 'sms' | 'push';
  readonly timeoutMs: number;
}

export type SendShortMessage = (parcel: Parcel<ShortMessage>, signal: AbortSignal) => Promise<void>;

/** A provider of SMS or push. It honours the key: the same key twice is delivered once. */
export function shortMessages({ url, channel, timeoutMs }: ShortMessagesOptions): SendShortMessage {
  const endpoint = new URL(`/${channel}`, url);
  return async ({ key, orderId, content }, signal) => {
    const timeUp = AbortSignal.timeout(timeoutMs);
    const status = await post(
      endpoint,
      { key, orderId, ...content },
      AbortSignal.any([signal, timeUp]),
    ).catch((error: unknown) => {
      signal.throwIfAborted();
      if (timeUp.aborted) throw new TransientFault('provider-timed-out', `no answer within ${timeoutMs} ms`);
      throw new InfrastructureFault('provider-unreachable', `${channel} has no connection`, { cause: error });
    });
    if (status >= 200 && status < 300) return;
    // Who we are, and where it is: any other message would be refused as well, and none is to blame.
    if (status === 401 || status === 403 || status === 404)
      throw new InfrastructureFault('provider-does-not-know-us', `answered ${status}`);
    if (status === 408 || status === 429 || status >= 500)
      throw new TransientFault('provider-out-of-order', `answered ${status}`);
    throw new PermanentFault('provider-refused', `answered ${status}`);
  };
}

async function post(endpoint: URL, body: object, signal: AbortSignal): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(body), signal };
  const response = await tracedFetch(endpoint, request);
  // An answer that is not read keeps its connection busy.
  await response.arrayBuffer();
  return response.status;
}
