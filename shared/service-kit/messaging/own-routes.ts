import { addDeadLetterRoutes } from '../dead-letters/routes.ts';
import type { Http } from '../http.ts';
import { addConsumerRoutes } from './consumer-routes.ts';
import type { Messaging } from './messaging.ts';

/** What the gateway asks every service for: its dead letters and its consumers. The gateway itself has no such routes, since it is open to all. */
export function addOwnRoutes(
  http: Http,
  { deadLetters, consumers }: Pick<Messaging, 'deadLetters' | 'consumers'>,
): void {
  addDeadLetterRoutes(http, deadLetters);
  addConsumerRoutes(http, consumers);
}
