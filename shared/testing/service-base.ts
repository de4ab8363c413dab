import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { addMetricsRoute } from '@conveyor/service-kit/metrics';
import type { ServiceBase } from '@conveyor/service-kit/service';
import type { Stoppable } from '@conveyor/service-kit/stop-in-turn';

/** What the `assemble` of a service is handed, for a test: silent, always ready, and without what is done every hour. */
export function openServiceBase(service: string) {
  const log = createLogger(service, 'silent');
  const http = createHttp(log);
  const parts: Stoppable[] = [];
  const base: ServiceBase = {
    log,
    http,
    metrics: addMetricsRoute(http, service, { checks: new Map(), breakers: [] }),
    addCheck: () => {},
    addBreaker: () => {},
    addOutbox: () => {},
    onStop: (part) => parts.push(part),
    readiness: async () => ({ status: 'up', checks: {}, breakers: {} }),
    everyHour: () => {},
  };
  return {
    base,
    async stop() {
      await http.close();
      for (const part of parts) await part.stop(1_000);
    },
  };
}
