import { type Static, Type } from 'typebox';
import { BrokerName } from '../vocabulary.ts';
import type { Route } from './route.ts';

/** A service, or a place on a broker. */
export const FlowNode = Type.Object({
  id: Type.String({ description: 'Stays the same from one answer to the next' }),
  kind: Type.Enum(['service', 'exchange', 'queue', 'topic', 'group']),
  broker: Type.Optional(BrokerName),
  name: Type.String(),
  service: Type.Optional(Type.String({ description: 'Whose it is: who takes from it' })),
  role: Type.Optional(
    Type.Enum(['work', 'delay', 'dead', 'log'], {
      description:
        '`work`: to be done now; `delay`: waits for its time; `dead`: was given up; `log`: is kept and read again',
    }),
  ),
  chapter: Type.Optional(Type.String({ description: 'The chapter that explains it, by its name' })),
  consumer: Type.Optional(Type.String({ description: 'The consumer that it belongs to' })),
  waiting: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'RabbitMQ: messages in the queue that nobody has in hand. Kafka: messages that the group has not committed. ' +
        'Missing where it is not measured, and while the broker does not answer',
    }),
  ),
  paused: Type.Optional(
    Type.Boolean({
      description: 'Whether its consumer is paused; missing while its service does not answer',
    }),
  ),
});
export type FlowNode = Static<typeof FlowNode>;

/** A way that messages go. */
export const FlowLink = Type.Object({
  from: Type.String({ description: 'The id of a node' }),
  to: Type.String({ description: 'The id of a node' }),
  label: Type.Optional(
    Type.String({ description: 'Which messages: their types, or the keys of the bindings' }),
  ),
});
export type FlowLink = Static<typeof FlowLink>;

export const Flow = Type.Object({
  at: Type.String({ format: 'date-time', description: 'When it was measured' }),
  nodes: Type.Array(FlowNode),
  links: Type.Array(FlowLink),
});
export type Flow = Static<typeof Flow>;

export const getFlow = {
  method: 'GET',
  path: '/api/flow',
  service: 'gateway',
  summary:
    'The system as a graph: every service, exchange, queue, topic and consumer group, how messages go, and how many wait ' +
    'where. Measured when somebody asks, at most once a second; what waits for its next try on Kafka, every five seconds',
  schema: { response: { 200: Flow } },
} as const satisfies Route;
