import type { Readiness } from '@conveyor/contracts/http';
import type { WatchedBreaker } from '@conveyor/patterns/circuit-breaker/breaker';
import type { Http } from './http.ts';

/** What a service needs, by name; each check rejects when it is not there. */
export type Checks = Map<string, () => Promise<void>>;

const timeLimitMs = 2_000;

/**
 * `/health` says only that the process lives: a supervisor that restarted a service because its
 * database is away would make matters worse. `/ready` asks every broker and store.
 */
export function addHealthRoutes(http: Http, checks: Checks, breakers: readonly WatchedBreaker[]): void {
  http.get('/health', { schema: { hide: true } }, async () => ({ status: 'up' }));
  http.get('/ready', { schema: { hide: true } }, async (_request, reply) => {
    const readiness = await askAll(checks, breakers);
    return reply.status(readiness.status === 'up' ? 200 : 503).send(readiness);
  });
}

/** An open breaker is told, but makes nobody unready: what it holds back waits, and everything else goes on. */
export async function askAll(checks: Checks, breakers: readonly WatchedBreaker[]): Promise<Readiness> {
  const answers = await Promise.all(
    [...checks].map(async ([name, check]) => [name, await ask(check)] as const),
  );
  const status = answers.every(([, answer]) => answer.status === 'up') ? 'up' : 'down';
  const states = Object.fromEntries(breakers.map(({ name, state }) => [name, state]));
  return { status, checks: Object.fromEntries(answers), breakers: states };
}

async function ask(
  check: () => Promise<void>,
): Promise<{ status: 'up' } | { status: 'down'; detail: string }> {
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeLimitMs} ms`)), timeLimitMs);
  try {
    await Promise.race([check(), timeUp]);
    return { status: 'up' };
  } catch (error) {
    return { status: 'down', detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
