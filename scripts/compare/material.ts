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
  'transactional-outbox': {
    useCase: 'every service that changes its state and tells of it',
    coupling: 'low',
    complexity: 'medium',
    choose: 'state and message must both be there, or neither',
    avoid: 'there is no state, or the message may be lost',
  },
};
