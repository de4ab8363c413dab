/** What textbooks say of a pattern; what is measured stands beside it. */
export interface Judgement {
  readonly useCase: string;
  readonly coupling: 'low' | 'medium' | 'high';
  readonly complexity: 'low' | 'medium' | 'high';
  readonly choose: string;
  readonly avoid: string;
}

export const judgements: Readonly<Record<string, Judgement>> = {
  'point-to-point': {
    useCase: 'mails, reports, background jobs',
    coupling: 'low',
    complexity: 'low',
    choose: 'each task is done by one of several workers',
    avoid: 'several must hear of it, or its sender waits for the result',
  },
  'publish-subscribe': {
    useCase: 'news for everybody who cares',
    coupling: 'low',
    complexity: 'low',
    choose: 'the sender need not know who listens',
    avoid: 'exactly one is to act, or the sender must know that somebody did',
  },
  'request-reply': {
    useCase: 'a question that must be answered now',
    coupling: 'high',
    complexity: 'medium',
    choose: 'the answer is needed before anything else can happen, and both sides are on the broker anyway',
    avoid: 'HTTP or gRPC would do: they are shorter ways for a synchronous call',
  },
  routing: {
    useCase: 'each gets the part of the events that concerns it',
    coupling: 'medium',
    complexity: 'medium',
    choose: 'receivers want different parts of one stream',
    avoid: 'the rules would depend on what is in the message',
  },
  'priority-queue': {
    useCase: 'express before standard under a backlog',
    coupling: 'low',
    complexity: 'low',
    choose: 'somebody waits for some of the messages and for others nobody does',
    avoid: 'there is never a backlog, or order counts across levels',
  },
  'dead-letter-queue': {
    useCase: 'messages that cannot be handled',
    coupling: 'low',
    complexity: 'medium',
    choose: 'always: somewhere a message must go that fails for good',
    avoid: 'never, but look at them',
  },
  'delayed-queue': {
    useCase: 'expiry, reminders, the wait before another try',
    coupling: 'low',
    complexity: 'medium',
    choose: 'there are few different waits, known beforehand',
    avoid: 'each message has a wait of its own, or may be called off',
  },
  'event-sourcing': {
    useCase: 'audit trail, replay, new readers of old events',
    coupling: 'low',
    complexity: 'high',
    choose: 'how it came about matters as much as what is',
    avoid: 'only the latest state is ever asked for',
  },
  'saga-choreography': {
    useCase: 'a transaction over several services, few steps',
    coupling: 'medium',
    complexity: 'high',
    choose: 'each service can tell by itself what to do next',
    avoid: 'nobody could say any more what the whole is',
  },
  'saga-orchestration': {
    useCase: 'a transaction over several services, many steps',
    coupling: 'medium',
    complexity: 'high',
    choose: 'the whole must be seen and changed in one place',
    avoid: 'there are two steps',
  },
  cqrs: {
    useCase: 'searching what is written elsewhere',
    coupling: 'low',
    complexity: 'high',
    choose: 'reading and writing want different shapes',
    avoid: 'one table serves both',
  },
  'idempotent-consumer': {
    useCase: 'every consumer whose effect must not happen twice',
    coupling: 'low',
    complexity: 'medium',
    choose: 'the effect is in a database',
    avoid: 'the effect can be repeated without harm anyway',
  },
  'at-least-once': {
    useCase: 'every consumer',
    coupling: 'low',
    complexity: 'low',
    choose: 'a lost message is worse than one that comes twice',
    avoid: 'only the newest value counts and another comes at once',
  },
  'schema-versioning': {
    useCase: 'messages that outlive the code that wrote them',
    coupling: 'low',
    complexity: 'medium',
    choose: 'writer and reader are not released together, or messages are kept',
    avoid: 'both are one program, and nothing is kept',
  },
  'correlation-tracing': {
    useCase: 'every message and log line',
    coupling: 'low',
    complexity: 'low',
    choose: 'always',
    avoid: 'never',
  },
  'circuit-breaker': {
    useCase: 'whatever calls something that may be away',
    coupling: 'low',
    complexity: 'medium',
    choose: 'waiting for what is away would hold up everything else',
    avoid: 'it is your own database, without which nothing can go on, or the call has no time limit',
  },
  'transactional-outbox': {
    useCase: 'every service that changes its state and tells of it',
    coupling: 'low',
    complexity: 'medium',
    choose: 'state and message must both be there, or neither',
    avoid: 'there is no state, or the message may be lost',
  },
};
