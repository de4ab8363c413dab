import { ownDeadLetters as own } from '@conveyor/contracts/http';
import type { Http } from '../http.ts';
import { notFound } from '../problems.ts';
import type { DeadLetterDesk } from './desk.ts';

/** Inside the system only: the gateway gathers the dead letters of all services, and it alone asks who is there. */
export function addDeadLetterRoutes(http: Http, desk: DeadLetterDesk): void {
  http.route({
    method: 'GET',
    url: own.list.path,
    schema: own.list.schema,
    handler: ({ query }) => desk.list(query),
  });
  http.route({
    method: 'GET',
    url: own.find.path,
    schema: own.find.schema,
    handler: async ({ params }) => known(await desk.find(params.id)),
  });
  http.route({
    method: 'POST',
    url: own.redrive.path,
    schema: own.redrive.schema,
    handler: async ({ params, body }) => known(await desk.redrive(params.id, body)),
  });
  http.route({
    method: 'POST',
    url: own.redriveMany.path,
    schema: own.redriveMany.schema,
    handler: ({ body }) => desk.redriveMany(body),
  });
  http.route({
    method: 'DELETE',
    url: own.discard.path,
    schema: own.discard.schema,
    handler: async ({ params, query }) => known(await desk.discard(params.id, query.who)),
  });
}

function known<Found>(found: Found | undefined): Found {
  if (found === undefined) throw notFound('there is no dead letter with this id', '/id');
  return found;
}
