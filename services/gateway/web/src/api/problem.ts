import type { ProblemDetails } from '@conveyor/contracts/http';

/** A call that was refused, or got no answer (status 0). */
export class Refusal extends Error {
  readonly status: number;
  readonly fields: readonly { readonly field: string; readonly detail: string }[];

  constructor(status: number, message: string, fields: Refusal['fields'] = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

/**
 * Whether it is known that what was asked for has not been done. Without an answer, or with one that says that something is amiss
 * or still under way, it may have been.
 */
export function isOutcomeKnown(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 409;
}

/** In words for a person, whatever was thrown. */
export function inWords(error: unknown): string {
  if (!(error instanceof Refusal)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return 'The gateway does not answer. Is the system running?';
  // The message names most of them already.
  const fields = error.fields
    .filter(({ detail }) => !error.message.includes(detail))
    .map(({ field, detail }) => `${field}: ${detail}`)
    .join('; ');
  return fields ? `${error.message} (${fields})` : error.message;
}

/** What the gateway says is wrong. Something between us and it may answer, too, and not in JSON. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const text = await response.text();
  try {
    const { title, detail, errors = [] } = JSON.parse(text) as ProblemDetails;
    return new Refusal(response.status, detail ?? title, errors);
  } catch {
    return new Refusal(response.status, `${response.status} ${response.statusText}`);
  }
}
