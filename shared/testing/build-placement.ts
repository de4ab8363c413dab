/** What a customer orders, priced: two mugs for 19 euros. `more` is what matters to the test at hand. */
export function buildPlacement<More extends object>(orderId: string, more: More) {
  return {
    orderId,
    customerId: 'ada',
    items: [{ sku: 'mug', name: 'Mug', quantity: 2, unitPrice: 950 }],
    total: { amount: 1900, currency: 'EUR' },
    priority: 'standard',
    ...more,
  } as const;
}
