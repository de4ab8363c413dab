import type { Readiness } from '@conveyor/contracts/http';
import type { Http } from './http.ts';
import { inTime, readLag, type Watched } from './watched.ts';

/**
 * `/health` says only that the process lives: a supervisor that restarted a service because its
 * database is away would make matters worse. `/ready` asks every broker and store.
 */
export function addHealthRoutes(http: Http, watched: Watched): void {
  http.get('/health', { schema: { hide: true } }, async () => ({ status: 'up' }));
  http.get('/ready', { schema: { hide: true } }, async (_request, reply) => {
    const readiness = await askAll(watched);
    return reply.status(readiness.status === 'up' ? 200 : 503).send(readiness);
  });
}

/**
 * An open breaker and a growing outbox are told, but make nobody unready: what they hold back waits, and everything
 * else goes on.
 */
export async function askAll(watched: Watched): Promise<Readiness> {
  const [answers, outbox] = await Promise.all([
    Promise.all([...watched.checks].map(async ([name, check]) => [name, await ask(check)] as const)),
    readLag(watched),
  ]);
  const status = answers.every(([, answer]) => answer.status === 'up') ? 'up' : 'down';
  const breakers = Object.fromEntries(watched.breakers.map(({ name, state }) => [name, state]));
  return { status, checks: Object.fromEntries(answers), breakers, ...(outbox && { outbox }) };
}

async function ask(
  check: () => Promise<void>,
): Promise<{ status: 'up' } | { status: 'down'; detail: string }> {
  try {
    await inTime(check);
    return { status: 'up' };
  } catch (error) {
    return { status: 'down', detail: error instanceof Error ? error.message : String(error) };
  }
}
