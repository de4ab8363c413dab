/** Where everything goes, on both brokers: a durable queue, a topic. */
export const place = 'bench-relay';
export const partitions = 3;
