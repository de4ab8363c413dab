import { DatabaseConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { addFaultRoutes } from '@conveyor/service-kit/fault-routes';
import { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { type Static, Type } from 'typebox';
import { addChargeRoutes } from './adapters/charge-routes.ts';
import { charges } from './adapters/charges.ts';
import { addDeliveryRoutes } from './adapters/delivery-routes.ts';
import { ledger } from './adapters/ledger.ts';
import { addLedgerRoute } from './adapters/ledger-route.ts';
import { Silence } from './adapters/silence.ts';
import { chargeCard } from './handlers/charge-card.ts';
import { voidCharge } from './handlers/void-charge.ts';

export const Config = Type.Object({ ...ServiceConfig.properties, ...DatabaseConfig.properties });
export type Config = Static<typeof Config>;

/** The outside world, simulated: it speaks HTTP only and knows nothing of the brokers. */
export async function assemble(config: Config, base: ServiceBase): Promise<void> {
  const database = await openDatabase(base, config, [], new URL('../migrations/', import.meta.url));
  const faults = new FaultSwitch(['payment', 'notification']);
  const silence = new Silence(base.http);
  const money = { database, charges, ledger };

  addChargeRoutes(base.http, {
    chargeCard: chargeCard(money),
    voidCharge: voidCharge(money),
    faults,
    silence,
  });
  addDeliveryRoutes(base.http, { database, faults, silence });
  addLedgerRoute(base.http, database);
  addFaultRoutes(base.http, faults);
  base.onStop({ stop: () => database.close() });
}
