import { getHealth, type Health, type Readiness } from '@conveyor/contracts/http';
import { type Http, operation } from '@conveyor/service-kit/http';

const timeLimitMs = 4_000;

export interface HealthDeps {
  /** Service name → base URL. */
  readonly services: Readonly<Record<string, string>>;
  /** The gateway's own checks. */
  readonly ownReadiness: () => Promise<Readiness>;
}

/** Asks every service for its readiness at the same time, so that the slowest decides how long it takes. */
export function addHealthRoute(http: Http, { services, ownReadiness }: HealthDeps): void {
  http.route({
    ...operation(getHealth),
    handler: async (_request, reply) => {
      const answers = await Promise.all([
        ownReadiness().then((readiness) => ['gateway', readiness] as const),
        ...Object.entries(services).map(async ([name, url]) => [name, await readinessOf(url)] as const),
      ]);
      const status = answers.every(([, answer]) => answer.status === 'up') ? 'up' : 'down';
      return reply
        .status(status === 'up' ? 200 : 503)
        .send({ status, services: Object.fromEntries(answers) });
    },
  });
}

/** Without a trace, unlike other questions: it is asked every few seconds by whoever watches. */
async function readinessOf(url: string): Promise<Health['services'][string]> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(timeLimitMs) });
    return (await response.json()) as Readiness;
  } catch {
    return { status: 'down' };
  }
}
