// A service whose only trouble is what it is sent: its handler does what the message's sku says. Everything around the
// handler is what every service has.
import { TransientFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { DatabaseConfig, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { addOwnRoutes } from '@conveyor/service-kit/messaging/own-routes';
import { on } from '@conveyor/service-kit/messaging/subscription';
import { openDatabase, runService, type ServiceBase } from '@conveyor/service-kit/service';
import { type Static, Type } from 'typebox';

const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
});

const service = 'inventory';

async function assemble(config: Static<typeof Config>, base: ServiceBase): Promise<void> {
  const migrations = new URL('./migrations/', import.meta.url);
  const database = await openDatabase(base, config, ['outbox', 'inbox', 'dead-letters'], migrations);
  const messaging = startMessaging(base, { service, config, database });
  messaging.subscribe([
    on('inventory.reserve', {
      consumer: 'inventory.commands',
      retry: 'ladder',
      async handle(tx, { id, envelope, data }) {
        const { rows } = await database.query<{ readonly tries: number }>(
          `with now as (insert into tries (message_id, broker) values ($1, $2))
           select count(*) + 1 as tries from tries where message_id = $1`,
          [id, envelope.broker],
        );
        const [what, times] = data.items[0]?.sku.split('-') ?? [];
        if (what === 'kills') process.kill(process.pid, 'SIGKILL');
        if (what === 'fails' && (rows[0]?.tries ?? 0) <= Number(times))
          throw new TransientFault('on-purpose', 'this message fails');
        await tx.query('insert into handled (message_id, broker, order_id) values ($1, $2, $3)', [
          id,
          envelope.broker,
          data.orderId,
        ]);
        return [];
      },
    }),
  ]);
  addOwnRoutes(base.http, messaging);
  base.onStop(messaging);
  base.onStop({ stop: () => database.close() });
}

await runService('troubled-worker', Config, assemble);
