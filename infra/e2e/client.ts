import type { AcceptedOrder } from '@conveyor/contracts/http';

/** What a client sends; as free as JSON, because some tests send nonsense. */
export type OrderRequest = Readonly<Record<string, unknown>>;

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** The system's HTTP as a client has it. */
export interface Client {
  call<Body>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>;
  place(
    request: OrderRequest,
    options?: CallOptions & { readonly wait?: number },
  ): Promise<Answer<AcceptedOrder>>;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly admin?: boolean;
  /** Fires: the caller gives it up. */
  readonly signal?: AbortSignal;
}

/** Of what answers at `base`. `adminToken` is sent where an option says so. */
export function clientOf(base: string, adminToken: string): Client {
  async function call<Body>(method: string, path: string, options: CallOptions = {}): Promise<Answer<Body>> {
    const {
      body,
      rawBody = body === undefined ? undefined : JSON.stringify(body),
      headers,
      admin,
      signal,
    } = options;
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...(rawBody === undefined ? {} : { 'content-type': 'application/json' }),
        ...(admin ? { authorization: `Bearer ${adminToken}` } : {}),
        ...headers,
      },
      ...(rawBody === undefined ? {} : { body: rawBody }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : undefined) as Body,
    };
  }

  return {
    call,
    place: (request, { wait, ...options } = {}) =>
      call('POST', `/api/orders${wait === undefined ? '' : `?wait=${wait}`}`, { ...options, body: request }),
  };
}
