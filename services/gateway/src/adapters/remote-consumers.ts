import { type ConsumerState, ownConsumers as own } from '@conveyor/contracts/http';
import type { ConsumerDesk } from '@conveyor/service-kit/messaging/consumer-desk';
import { unavailable } from '@conveyor/service-kit/problems';
import { askService } from './ask-service.ts';

/** The consumers of another service, which answers at `url`. One that does not answer is a problem that names it. */
export function remoteConsumers(service: string, url: string): ConsumerDesk {
  async function ask(path: string, change?: object): Promise<Response> {
    const response = await askService(`${url}${path}`, { method: change ? 'PUT' : 'GET', body: change });
    if (response && (response.ok || response.status === 404)) return response;
    throw unavailable(`${service} does not answer for its consumers`, 1);
  }

  return {
    async list() {
      const response = await ask(own.list.path);
      const { consumers } = (await response.json()) as { readonly consumers: readonly ConsumerState[] };
      return consumers;
    },
    async change(consumer, paused) {
      const path = own.change.path.replace(':consumer', encodeURIComponent(consumer));
      const response = await ask(path, { paused });
      return response.status === 404 ? undefined : ((await response.json()) as ConsumerState);
    },
  };
}
