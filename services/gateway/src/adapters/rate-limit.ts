import type { Http } from '@conveyor/service-kit/http';
import { Problem } from '@conveyor/service-kit/problems';
import rateLimit from '@fastify/rate-limit';

/**
 * At most `perSecond` calls of one client address in a second; beyond that 429 with `Retry-After`. Calls are counted before
 * anything else is asked of them: whoever guesses at the admin token, or at paths, is counted too.
 */
export async function limitRate(http: Http, perSecond: number): Promise<void> {
  await http.register(rateLimit, {
    // A limit that it sets up for each route would come after the route's own hooks.
    global: false,
    max: perSecond,
    timeWindow: 1_000,
    // The problem itself carries Retry-After; how near the limit is concerns nobody before.
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    errorResponseBuilder: () => new Problem(429, `more than ${perSecond} calls in a second`, [], 1),
  });
  http.addHook('onRequest', http.rateLimit());
}
