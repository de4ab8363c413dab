type Charge = 'none' | 'charged' | 'refunded' | 'refused';

export function hear(
  charge: Charge,
  heard: 'payment.charge' | 'order.cancelled',
): { readonly charge: Charge; readonly says: readonly string[] } {
  const nothing = { charge, says: [] };
  if (heard === 'payment.charge') {
    return charge === 'none' ? { charge: 'charged', says: ['payment.completed'] } : nothing;
  }
  // Nothing has been charged, and nothing will be: that has to be written down.
  if (charge === 'none') return { charge: 'refused', says: [] };
  return charge === 'charged' ? { charge: 'refunded', says: ['payment.refunded'] } : nothing;
}
