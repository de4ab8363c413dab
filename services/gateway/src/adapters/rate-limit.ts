import type { Http } from '@conveyor/service-kit/http';
import { Problem } from '@conveyor/service-kit/problems';
import rateLimit from '@fastify/rate-limit';

/** At most `perSecond` calls of one client address in a second; beyond that 429 with `Retry-After`. */
export async function limitRate(http: Http, perSecond: number): Promise<void> {
  await http.register(rateLimit, {
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
}
