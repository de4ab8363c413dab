import { strictEqual } from 'node:assert/strict';
import { ownConsumers } from '@conveyor/contracts/http';
import { freePorts, type ServiceName, type Stack, type SupervisedProcess } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** One service of a stack, by more instances than one. */
export interface Instances {
  /** Resolves once so many of them share the work, one being the stack's own. */
  atWork(count: number): Promise<void>;
  /** Pauses a consumer of each of them, or lets it go on. The gateway knows only the stack's own. */
  pause(consumer: string, paused: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function instancesOf(stack: Stack, name: ServiceName): Promise<Instances> {
  const more: { readonly instance: SupervisedProcess; readonly port: number }[] = [];
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
      while (more.length + 1 > count) await more.pop()?.instance.stop();
      while (more.length + 1 < count) {
        const { [name]: port } = await freePorts();
        const instance = stack.another(name, port);
        more.push({ instance, port });
        await instance.start();
      }
      await eventually(() => shared(count), { timeoutMs: 120_000 });
    },
    async pause(consumer, paused) {
      const ports = [stack.ports[name], ...more.map(({ port }) => port)];
      await Promise.all(ports.map((port) => pauseAt(port, consumer, paused)));
    },
    async close() {
      for (const { instance } of more) await instance.stop();
      await admin.disconnect();
    },
  };
}

async function pauseAt(port: number, consumer: string, paused: boolean): Promise<void> {
  const path = ownConsumers.change.path.replace(':consumer', consumer);
  const { status } = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paused }),
  });
  strictEqual(status, 200);
}
