import { orderEventTypes } from '@conveyor/contracts/messages';

const orderId = '01a20904-7eac-7268-904f-5f9ad584cdb0';

/** An order to which everything has happened, one event of each type; each may be understood by every fold. */
export const eventfulOrder = orderEventTypes.map((type, index) => {
  const total = { amount: 1900, currency: 'EUR' };
  const items = [{ sku: 'mug', name: 'Stoneware mug', quantity: 2, unitPrice: 950 }];
  const whose = { orderId, customerId: 'ada', priority: 'standard', saga: 'choreography', broker: 'kafka' };
  const version = index + 1;
  const data = { ...whose, version, total, items, reason: 'expired' };
  return { type, streamId: orderId, version, time: `2026-11-25T08:00:0${version}.000Z`, data };
});
