/** A service, or a place on a broker. */
export interface FlowNode {
  readonly id: string;
  readonly kind: 'service' | 'exchange' | 'queue' | 'topic' | 'group';
  readonly broker?: 'rabbitmq' | 'kafka';
  readonly name: string;
  readonly service?: string;
  readonly role?: 'work' | 'delay' | 'dead' | 'log';
  /** The name of the chapter that explains it. */
  readonly chapter?: string;
  readonly consumer?: string;
  readonly waiting?: number;
  readonly paused?: boolean;
}

export interface FlowLink {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
}

export interface Flow {
  readonly at: string;
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}
