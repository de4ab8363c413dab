import type { PaymentToken } from '@conveyor/contracts';
import { getPaymentToken } from '@conveyor/contracts/http';
import { Value } from 'typebox/value';
import { callHttp } from './call-http.ts';

/** A token with which money can be taken: never written down, logged or sent on. */
export type TokenResult =
  | { readonly token: PaymentToken }
  | { readonly failed: 'unknown-order' | 'order-service-away' };

/** Asks the order service, because a token may not travel in messages. Rejects only when `signal` fires. */
export interface PaymentTokens {
  of(orderId: string, signal: AbortSignal): Promise<TokenResult>;
}

const limitMs = 2_000;
const TokenAnswer = getPaymentToken.schema.response[200];

export function createPaymentTokens(orderUrl: string): PaymentTokens {
  return {
    async of(orderId, signal) {
      const url = orderUrl + getPaymentToken.path.replace(':id', orderId);
      const answer = await callHttp(url, { method: 'GET' }, limitMs, signal);
      if ('failed' in answer) return { failed: 'order-service-away' };
      if (answer.status === 404) return { failed: 'unknown-order' };
      if (answer.status !== 200 || !Value.Check(TokenAnswer, answer.body))
        return { failed: 'order-service-away' };
      return { token: answer.body.paymentToken };
    },
  };
}
