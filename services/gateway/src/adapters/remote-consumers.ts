import { type ConsumerState, ownConsumers as own } from '@conveyor/contracts/http';
import type { ConsumerDesk } from '@conveyor/service-kit/messaging/consumer-desk';
import { unavailable } from '@conveyor/service-kit/problems';
import { type Answered, askService } from './ask-service.ts';

/** The consumers of another service, which answers at `url`. One that does not answer is a problem that names it. */
export function remoteConsumers(service: string, url: string): ConsumerDesk {
  async function ask(path: string, change?: object): Promise<Answered> {
    const answer = await askService(`${url}${path}`, { method: change ? 'PUT' : 'GET', body: change });
    if (answer && (answer.ok || answer.status === 404)) return answer;
    throw unavailable(`${service} does not answer for its consumers`, 1);
  }

  return {
    async list() {
      const { body } = await ask(own.list.path);
      return (body as { readonly consumers: readonly ConsumerState[] }).consumers;
    },
    async change(consumer, paused) {
      const path = own.change.path.replace(':consumer', encodeURIComponent(consumer));
      const { status, body } = await ask(path, { paused });
      return status === 404 ? undefined : (body as ConsumerState);
    },
  };
}
