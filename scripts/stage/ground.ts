import type { Broker, ConsumeOptions, OnBrokerEvent, OutgoingMessage } from '../../shared/brokers/index.ts';
import type { Stage, Topologies } from '../../shared/patterns/demo.ts';

/** For who only uses what is there. */
export const nothingNew: Topologies = { rabbitmq: {}, kafka: { topics: [] } };

/** What a stage needs of one broker beyond the port: it makes things that are gone afterwards. */
export interface Ground {
  /** Not yet started. `name`: how it calls itself to the broker. */
  broker(topologies: Topologies, name: string, onEvent: OnBrokerEvent): Broker;
  /** As {@link Stage.sendExpiring}. */
  sendExpiring(messages: readonly OutgoingMessage[], ttlsMs: readonly number[]): Promise<void>;
  /** Removes what was made for the topologies and by consumers of these names. The broker is closed by then. */
  clear(topologies: Topologies, consumers: readonly ConsumeOptions['name'][]): Promise<void>;
}
