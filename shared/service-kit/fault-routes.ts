import { FaultSchema, ownFaults } from '@conveyor/contracts/http';
import { Type } from 'typebox';
import type { FaultSwitch, NamedFaults } from './fault-switch.ts';
import type { Http } from './http.ts';

/** Shows the faults of `faults`, and changes those that are named. */
export function addFaultRoutes<Name extends string>(http: Http, faults: FaultSwitch<Name>): void {
  const names = Object.keys(faults.current);
  const Change = Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional(FaultSchema)])), {
    additionalProperties: false,
  });
  http.get(ownFaults.path, async () => faults.current);
  http.put(ownFaults.path, { schema: { body: Change } }, async ({ body }) => {
    faults.change(body as Partial<NamedFaults<Name>>);
    return faults.current;
  });
}
