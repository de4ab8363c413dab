import type { ProductView } from '@conveyor/contracts/http';

type Money = ProductView['price'];

/** Amounts are in minor units; all three currencies have a hundred of them. */
export function money({ amount, currency }: Money): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 100);
}

export function clock(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

export function dateAndTime(at: string): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

/** 850 → "850 ms", 2300 → "2.30 s", 125000 → "2 min 5 s". */
export function duration(ms: number): string {
  // What would be rounded up to the next unit is said in that one.
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

export function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** As it is written. */
export function nameOf(broker: string): string {
  return broker === 'kafka' ? 'Kafka' : 'RabbitMQ';
}
