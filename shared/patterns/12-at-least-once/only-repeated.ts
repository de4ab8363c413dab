import type { AtLeastOnceOptions } from './at-least-once.ts';

/**
 * For work that fails only while what it stands on is away, and then is repeated until it works: no try is counted, no message
 * given up. Any other failure would be repeated for ever, and told to nobody: for proofs and demos.
 */
export const onlyRepeated: Pick<AtLeastOnceOptions, 'delayBefore' | 'retryLater' | 'setAside'> = {
  delayBefore: () => undefined,
  retryLater: () => Promise.reject(new Error('no try is counted here')),
  setAside: () => Promise.reject(new Error('no message is hopeless here')),
};
