import { type Faults, type FaultsChange, getFaults, ownFaults, putFaults } from '@conveyor/contracts/http';
import { type Http, operation } from '@conveyor/service-kit/http';
import { type Problem, unavailable } from '@conveyor/service-kit/problems';
import type { onRequestAsyncHookHandler } from 'fastify';
import { askService } from './ask-service.ts';

/** Faults live where they act: those of payment and notification in the sandbox, that of inventory in inventory. */
export function addFaultRoutes(
  http: Http,
  { sandbox, inventory }: { readonly sandbox: string; readonly inventory: string },
  requireAdmin: onRequestAsyncHookHandler,
): void {
  http.route({
    ...operation(getFaults),
    onRequest: requireAdmin,
    handler: async () => allFaults(),
  });

  http.route({
    ...operation(putFaults),
    onRequest: requireAdmin,
    handler: async ({ body }) => {
      const { inventory: ofInventory, ...ofSandbox }: FaultsChange = body;
      const changed = [
        ...(Object.keys(ofSandbox).length > 0 ? [ask(sandbox, ofSandbox)] : []),
        ...(ofInventory ? [ask(inventory, { inventory: ofInventory })] : []),
      ];
      // Of two that are to be changed, one that is away does not keep the other from it.
      if ((await Promise.all(changed)).includes(undefined)) throw away();
      return allFaults();
    },
  });

  async function allFaults(): Promise<Faults> {
    const [ofSandbox, ofInventory] = await Promise.all([ask(sandbox), ask(inventory)]);
    if (!ofSandbox && !ofInventory) throw away();
    return { ...ofSandbox, ...ofInventory };
  }
}

function away(): Problem {
  return unavailable('a service whose fault this is does not answer', 1);
}

/** Undefined when the service does not answer. */
async function ask(service: string, change?: Faults): Promise<Faults | undefined> {
  const method = change ? 'PUT' : 'GET';
  const answer = await askService(service + ownFaults.path, { method, body: change });
  return answer?.ok ? (answer.body as Faults) : undefined;
}
