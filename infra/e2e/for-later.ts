import type { FlowNode } from '@conveyor/contracts/http';

/** Where messages wait by design: each order of the last minutes has one that tells it when its time is over. */
export const isForLater = ({ name }: Pick<FlowNode, 'name'>): boolean =>
  /^order\.expiry(\.delay\.\d+)?$/.test(name);
