/** What Kafka must have before anything is sent: data, declared by each service alike. */
export interface KafkaTopology {
  readonly topics: readonly Topic[];
}

export interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** For example `{ 'retention.ms': '-1' }`. */
  readonly config?: Readonly<Record<string, string>>;
}
