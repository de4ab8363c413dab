import { strictEqual } from 'node:assert/strict';
import { freePorts, type ServiceName, type Stack, type SupervisedProcess } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** One service of a stack, by more instances than one. */
export interface Instances {
  /** Resolves once so many of them share the work, one being the stack's own. */
  atWork(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function instancesOf(stack: Stack, name: ServiceName): Promise<Instances> {
  const more: SupervisedProcess[] = [];
  const kafka = new Kafka({ brokers: stack.env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();

  /** RabbitMQ hands out to whoever is there; Kafka has shared out the partitions once each group is stable. */
  async function shared(count: number): Promise<void> {
    const { groups: listed } = await admin.listGroups();
    const own = listed.map(({ groupId }) => groupId).filter((id) => id.startsWith(`${name}.`));
    const { groups } = await admin.describeGroups(own);
    for (const { groupId, state, members } of groups)
      strictEqual(`${state}, ${members.length} members`, `Stable, ${count} members`, groupId);
  }

  return {
    async atWork(count) {
      while (more.length + 1 > count) await more.pop()?.stop();
      while (more.length + 1 < count) {
        const { [name]: port } = await freePorts();
        const instance = stack.another(name, port);
        more.push(instance);
        await instance.start();
      }
      await eventually(() => shared(count), { timeoutMs: 120_000 });
    },
    async close() {
      for (const instance of more) await instance.stop();
      await admin.disconnect();
    },
  };
}
