import type { OutgoingMessage } from '@conveyor/brokers';
import type { RecordedMessage } from '@conveyor/contracts/messages';

/** What is shown in the place of what is nobody's business: that it was there. */
const leftOut = '(left out)';
/** The flight recorder is for small entries, and each must fit into a message. */
const largestBytes = 16_384;

/** Names of fields that say who somebody is or where he can be reached, or that open something. */
const privateName =
  /customer|person|e-?mail|phone|address|token|secret|password|authorization|(?<!dis)card|iban/i;
/** A payment token, wherever it stands. */
const paymentToken = /\btok_\w/;

/**
 * A message as the flight recorder keeps it. Who the customer is stays out, and so does every payment token: by the name of its
 * field, and by its look in whatever field, key or text.
 */
export function recordedMessage({
  attributes,
  body,
}: Pick<OutgoingMessage, 'attributes' | 'body'>): RecordedMessage {
  return { attributes: withoutPrivate(attributes) as Record<string, string>, data: recordedData(body) };
}

function recordedData(body: Buffer): unknown {
  if (body.length === 0) return null;
  if (body.length > largestBytes) return `(left out: ${body.length} bytes)`;
  try {
    return withoutPrivate(JSON.parse(body.toString('utf8')));
  } catch {
    // It may hold anything: what is redriven is sent as it was.
    return '(left out: not JSON)';
  }
}

function withoutPrivate(value: unknown): unknown {
  if (typeof value === 'string') return paymentToken.test(value) ? leftOut : storable(value);
  if (Array.isArray(value)) return value.map(withoutPrivate);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !paymentToken.test(name))
      .map(([name, field]) => [storable(name), privateName.test(name) ? leftOut : withoutPrivate(field)]),
  );
}

/** PostgreSQL takes neither NUL nor half a character into its JSON, and one odd entry would take its batch to the dead letters. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
