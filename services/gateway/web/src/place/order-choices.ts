import type { PlaceOrderBody } from '@conveyor/contracts/http';
import type { Choice } from '../parts/choices.tsx';

type Of<Name extends keyof PlaceOrderBody> = NonNullable<PlaceOrderBody[Name]>;

export const brokers: readonly Choice<Of<'broker'>>[] = [
  {
    value: 'kafka',
    title: 'Kafka',
    hint: 'Messages are kept in a log; readers remember how far they have come.',
  },
  {
    value: 'rabbitmq',
    title: 'RabbitMQ',
    hint: 'Messages wait in queues and are gone once somebody has dealt with them.',
  },
];

export const sagas: readonly Choice<Of<'saga'>>[] = [
  {
    value: 'choreography',
    title: 'Choreography',
    hint: 'Nobody conducts: each service hears what happened and does its part.',
  },
  {
    value: 'orchestration',
    title: 'Orchestration',
    hint: 'One service tells the others what to do, step by step.',
  },
];

export const priorities: readonly Choice<Of<'priority'>>[] = [
  { value: 'express', title: 'Express' },
  { value: 'standard', title: 'Standard' },
  { value: 'low', title: 'Low' },
];

export const paymentTokens: readonly Choice<Of<'paymentToken'>>[] = [
  { value: 'tok_approved', title: 'Approved (tok_approved)', hint: 'The card is charged.' },
  {
    value: 'tok_declined',
    title: 'Declined (tok_declined)',
    hint: 'The bank says no: what was reserved is given back.',
  },
  { value: 'tok_flaky', title: 'Flaky (tok_flaky)', hint: 'Fails twice, then works: watch the retries.' },
  { value: 'tok_slow', title: 'Slow (tok_slow)', hint: 'Takes two seconds: time enough to cancel.' },
  {
    value: 'tok_timeout',
    title: 'No answer (tok_timeout)',
    hint: 'Never answers: the charge is called off, the order cancelled.',
  },
];
