/** What Kafka must have before anything is sent: data, declared by each service alike. */
export interface KafkaTopology {
  readonly topics: readonly Topic[];
}

/** How many brokers hold it is the cluster's own setting (`default.replication.factor`, `min.insync.replicas`). */
export interface Topic {
  readonly name: string;
  readonly partitions: number;
  /** For example `{ 'retention.ms': '-1' }`. */
  readonly config?: Readonly<Record<string, string>>;
}
