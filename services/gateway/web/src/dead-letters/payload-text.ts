import type { DeadLetterDetails } from '@conveyor/contracts/http';

/** The body to be edited: indented if it is JSON of which nothing but spaces changes by that, else as it came. */
export function editable({
  payload,
  payloadText,
}: Pick<DeadLetterDetails, 'payload' | 'payloadText'>): string {
  const text = payloadText ?? (typeof payload === 'string' ? payload : JSON.stringify(payload ?? null));
  const parsed = read(text);
  if (parsed === undefined || JSON.stringify(parsed) !== withoutSpaces(text)) return text;
  return JSON.stringify(parsed, null, 2);
}

/** What to send: nothing when it was not changed, so that the message goes as it was, byte by byte. */
export function edited(
  text: string,
  original: string,
): { readonly payload?: unknown } | { readonly wrong: string } {
  if (text === original) return {};
  try {
    const payload: unknown = JSON.parse(text);
    const rounded = numbersIn(text).find((number) => !isKept(number));
    if (rounded === undefined) return { payload };
    return { wrong: `${rounded} cannot be sent from here: it would become ${Number(rounded)}.` };
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

function withoutSpaces(json: string): string {
  return partsOf(json)
    .map((part) => (part.startsWith('"') ? part : part.replaceAll(/\s+/g, '')))
    .join('');
}

function numbersIn(json: string): readonly string[] {
  return partsOf(json).flatMap((part) => (part.startsWith('"') ? [] : (part.match(/-?\d[\d.eE+-]*/g) ?? [])));
}

/** Its strings, with their quotes, and what stands between them; in one pass, since a body may have megabytes. */
function partsOf(json: string): readonly string[] {
  const parts: string[] = [];
  let end = 0;
  for (let start = json.indexOf('"'); start >= 0; start = json.indexOf('"', end)) {
    parts.push(json.slice(end, start));
    end = start + 1;
    while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
    end += 1;
    parts.push(json.slice(start, end));
  }
  parts.push(json.slice(end));
  return parts;
}

/** Whether it is the same number once it has been read: there is room for some 16 digits. */
function isKept(number: string): boolean {
  return digitsOf(number) === digitsOf(String(Number(number)));
}

/** 1.50e3 → "15e2": what two ways to write the same number have in common. */
function digitsOf(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - short.length;
  return short === '' ? '0' : `${short}e${power}`;
}
