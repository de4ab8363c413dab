import { tracedFetch } from '@conveyor/service-kit/telemetry/traced-fetch';

const timeLimitMs = 4_000;

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: object | undefined;
  readonly limitMs?: number;
}

export interface Answered {
  readonly status: number;
  readonly ok: boolean;
  readonly body: unknown;
}

/** What the service at `url` answers, whatever that is; undefined when there is no whole answer in time. */
export async function askService(
  url: string,
  { method = 'GET', body, limitMs = timeLimitMs }: Asked = {},
): Promise<Answered | undefined> {
  try {
    const response = await tracedFetch(url, {
      method,
      signal: AbortSignal.timeout(limitMs),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const { status, ok } = response;
    return { status, ok, body: await response.json() };
  } catch {
    return undefined;
  }
}
