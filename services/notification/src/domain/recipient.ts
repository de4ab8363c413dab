/**
 * Where a customer's mail goes. Messages carry the customer's pseudonym only; the address is looked up
 * where it is used. There is no customer service here, so looking up is a rule: two customers never
 * share an address. What an address may not contain (RFC 5321, 4.1.2: a colon, a dot at the end or before
 * another) is written as one character that no pseudonym has, so that it stays within the 64 of 4.5.3.1.1.
 */
export function emailAddressOf(customerId: string): string {
  const localPart = customerId.replaceAll(':', '=').replaceAll(/\.(?=\.|$)/g, '~');
  return `${localPart}@customers.example`;
}

/** Providers of SMS and push know the customer's devices by the pseudonym. */
export function deviceOwnerOf(customerId: string): string {
  return customerId;
}
