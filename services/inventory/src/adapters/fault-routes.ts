import { FaultSchema } from '@conveyor/contracts/http';
import type { Http } from '@conveyor/service-kit/http';
import { Type } from 'typebox';
import type { FaultSwitch } from './fault-switch.ts';

const InventoryFaults = Type.Object({ inventory: FaultSchema }, { additionalProperties: false });

/** Inside the system only: the gateway gathers the faults of all services under one public address. */
export function addFaultRoutes(http: Http, faults: FaultSwitch): void {
  const url = '/internal/faults';
  http.route({
    method: 'GET',
    url,
    schema: { response: { 200: InventoryFaults } },
    handler: async () => ({ inventory: faults.current }),
  });
  http.route({
    method: 'PUT',
    url,
    schema: { body: InventoryFaults, response: { 200: InventoryFaults } },
    handler: async ({ body }) => {
      faults.set(body.inventory);
      return { inventory: faults.current };
    },
  });
}
