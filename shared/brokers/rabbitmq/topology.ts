/** What RabbitMQ must have before anything is sent: data, declared by each service alike. */
export interface RabbitTopology {
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly bindings: readonly Binding[];
}

export interface Exchange {
  readonly name: string;
  readonly type: 'direct' | 'topic' | 'fanout';
}

export interface Queue {
  readonly name: string;
  /** `quorum` for work; `classic` only where quorum queues cannot (priorities, short-lived questions). */
  readonly type: 'quorum' | 'classic';
  /** `x-…` arguments. Changing them on an existing queue is refused by the broker (406). */
  readonly arguments?: Readonly<Record<string, string | number>>;
}

export interface Binding {
  readonly exchange: string;
  readonly queue: string;
  readonly key: string;
}
