import { askForToken, forgetToken, keptToken } from './admin-token.ts';
import { Refusal, refusalOf } from './problem.ts';

interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Needs the admin token, and asks for it. */
  readonly admin?: boolean;
  /** Of something to be done once, however often it is asked for. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal | undefined;
  /** Answers that are no refusals although they are no 2xx: what is unwell is an answer, too. */
  readonly alsoFine?: readonly number[];
}

/** @throws Refusal */
export async function call<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  const response = await open(path, options);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as Answer;
}

/**
 * The answer as it comes, for those that are long.
 *
 * @throws Refusal
 */
export async function open(path: string, options: CallOptions): Promise<Response> {
  const { admin = false, alsoFine = [] } = options;
  for (let refused: string | undefined; ; ) {
    const token = admin ? (keptToken() ?? (await askForToken(refused))) : undefined;
    if (admin && token === undefined) throw new Refusal(401, 'This needs the admin token.');
    const response = await send(path, options, token);
    if (response.ok || alsoFine.includes(response.status)) return response;
    if (!admin || (response.status !== 401 && response.status !== 403)) throw await refusalOf(response);
    // Another call may have asked for a new one meanwhile.
    if (keptToken() === token) forgetToken();
    refused = 'This was not the admin token.';
  }
}

async function send(path: string, options: CallOptions, token: string | undefined): Promise<Response> {
  const { method = 'GET', body, query = {}, idempotencyKey, signal } = options;
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') params.set(name, String(value));
  const asked = params.toString();
  try {
    return await fetch(`${path}${asked && `?${asked}`}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}`, 'x-operator': 'console' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal(0, 'no answer');
  }
}
