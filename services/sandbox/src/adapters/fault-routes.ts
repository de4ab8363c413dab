import { FaultSchema } from '@conveyor/contracts/http';
import type { Http } from '@conveyor/service-kit/http';
import { Type } from 'typebox';
import type { FaultSwitch } from './fault-switch.ts';

const Change = Type.Object(
  { payment: Type.Optional(FaultSchema), notification: Type.Optional(FaultSchema) },
  { additionalProperties: false },
);

/** `GET` and `PUT /internal/faults`: called by the gateway only. */
export function addFaultRoutes(http: Http, faults: FaultSwitch): void {
  http.get('/internal/faults', async () => faults.current);
  http.put('/internal/faults', { schema: { body: Change } }, async ({ body }) => {
    faults.change(body);
    return faults.current;
  });
}
