import type { DeadLetterDetails } from '@conveyor/contracts/http';

/** The body to be edited: indented if it is JSON whose numbers survive that, else as it came. */
export function editable({
  payload,
  payloadText,
}: Pick<DeadLetterDetails, 'payload' | 'payloadText'>): string {
  const text = payloadText ?? (typeof payload === 'string' ? payload : JSON.stringify(payload ?? null));
  const parsed = read(text);
  if (
    parsed === undefined ||
    JSON.stringify(parsed) !== text.replaceAll(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '')
  )
    return text;
  return JSON.stringify(parsed, null, 2);
}

/** What to send: nothing when it was not changed, so that the message goes as it was, byte by byte. */
export function edited(
  text: string,
  original: string,
): { readonly payload?: unknown } | { readonly wrong: string } {
  if (text === original) return {};
  try {
    return { payload: JSON.parse(text) as unknown };
  } catch (error) {
    return { wrong: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
