import type { MessageData } from '@conveyor/contracts/messages';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import type { Products } from '../adapters/products.ts';

export interface AnswerQuotePorts {
  readonly database: Tx;
  readonly products: Products;
  readonly faults: Pick<FaultSwitch<'inventory'>, 'draw'>;
}

export type AnswerQuote = (
  question: MessageData<'inventory.quote'>,
) => Promise<MessageData<'inventory.quoted'> | undefined>;

/** Names and prices of today. Undefined, no answer at all, when a fault says so. */
export function answerQuote({ database, products, faults }: AnswerQuotePorts): AnswerQuote {
  return async ({ skus }) => {
    if (faults.draw('inventory') === 'timeout') return undefined;
    const known = await products.findAll(database, skus);
    const knownSkus = new Set(known.map(({ sku }) => sku));
    return {
      products: known.map(({ sku, name, price }) => ({
        sku,
        name,
        unitPrice: price.amount,
        currency: price.currency,
      })),
      unknown: [...new Set(skus)].filter((sku) => !knownSkus.has(sku)),
    };
  };
}
