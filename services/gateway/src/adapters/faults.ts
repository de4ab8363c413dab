import { type Faults, type FaultsChange, getFaults, putFaults } from '@conveyor/contracts/http';
import { type Http, operation } from '@conveyor/service-kit/http';
import { unavailable } from '@conveyor/service-kit/problems';
import type { onRequestAsyncHookHandler } from 'fastify';
import { askService } from './ask-service.ts';

/** Faults live where they act: those of payment and notification in the sandbox, that of inventory in inventory. */
export function addFaultRoutes(
  http: Http,
  { sandbox, inventory }: { readonly sandbox: string; readonly inventory: string },
  requireAdmin: onRequestAsyncHookHandler,
): void {
  const documented = { tags: ['gateway'], security: [{ admin: [] }] };

  http.route({
    ...operation(getFaults),
    schema: { ...getFaults.schema, ...documented, summary: getFaults.summary },
    onRequest: requireAdmin,
    handler: async () => allFaults(),
  });

  http.route({
    ...operation(putFaults),
    schema: { ...putFaults.schema, ...documented, summary: putFaults.summary },
    onRequest: requireAdmin,
    handler: async ({ body }) => {
      const { inventory: ofInventory, ...ofSandbox }: FaultsChange = body;
      if (Object.keys(ofSandbox).length > 0) await ask(sandbox, ofSandbox);
      if (ofInventory) await ask(inventory, { inventory: ofInventory });
      return allFaults();
    },
  });

  async function allFaults(): Promise<Faults> {
    const [ofSandbox, ofInventory] = await Promise.all([ask(sandbox), ask(inventory)]);
    return { ...ofSandbox, ...ofInventory } as Faults;
  }
}

async function ask(service: string, change?: Partial<Faults>): Promise<Partial<Faults>> {
  const method = change ? 'PUT' : 'GET';
  const answer = await askService(`${service}/internal/faults`, { method, body: change });
  if (!answer?.ok) throw unavailable('a service whose fault this is does not answer', 1);
  return answer.body as Partial<Faults>;
}
