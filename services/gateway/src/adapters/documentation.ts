import { publicRoutes, type Route } from '@conveyor/contracts/http';
import type { Http } from '@conveyor/service-kit/http';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema } from 'fastify';
import { documentedAnswers } from './documented-answers.ts';

/**
 * `/openapi.json` and `/docs`, made from the very schemas that requests are validated by; and `/asyncapi.json`, which says
 * the same of messages.
 */
export async function addDocumentation(http: Http, asyncApi: object): Promise<void> {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Conveyor',
        version: '1',
        description:
          'Orders over RabbitMQ and Kafka. Errors are RFC 9457 problem details that name the field.',
      },
      components: { securitySchemes: { admin: { type: 'http', scheme: 'bearer' } } },
    },
    transform({ schema, url, route }) {
      const operation = publicRoutes.find(({ method, path }) => method === route.method && path === url);
      return { schema: { ...schema, ...(operation && described(operation)) } as FastifySchema, url };
    },
  });
  await http.register(swaggerUi, { routePrefix: '/docs' });
  http.get('/openapi.json', { schema: { hide: true } }, async () => http.swagger());
  http.get('/asyncapi.json', { schema: { hide: true } }, async () => asyncApi);
}

/** What the contract says of an operation beside what its requests are validated by. */
function described(operation: Route) {
  return {
    summary: operation.summary,
    tags: [operation.service],
    ...(operation.admin && { security: [{ admin: [] }] }),
    response: documentedAnswers(operation),
  };
}
