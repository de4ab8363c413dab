import { asError } from './as-error.ts';
import type { ConsumeOptions, OnBrokerEvent } from './port.ts';

/** The same, with an event for each message that could not be handled; for none once its consumer is over: handlers are to give up then. */
export function tellHandedBack(options: ConsumeOptions, onEvent: OnBrokerEvent): ConsumeOptions {
  return {
    ...options,
    async onDelivery(delivery, signal) {
      try {
        return await options.onDelivery(delivery, signal);
      } catch (error) {
        if (!signal.aborted) onEvent({ kind: 'handed-back', consumer: options.name, error: asError(error) });
        throw error;
      }
    },
  };
}
