import { deepStrictEqual } from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import { serverUrl } from '@conveyor/testing/server-url';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { uniqueName } from '@conveyor/testing/unique-name';
import { type ISocketFactoryArgs, Kafka, logLevel } from 'kafkajs';
import { within } from '../time-limit.ts';

/** How the protocol numbers the request by which a member asks for its partitions. */
const syncGroup = 14;

/** A way to Kafka on which an answer can be lost. */
class LossyWay {
  #next: { readonly asked: () => void; readonly isLost: boolean } | undefined;

  /** Resolves when next a SyncGroup has been sent. If it `isLost`, its answer never comes. */
  nextSync({ isLost }: { readonly isLost: boolean }): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#next = { asked: resolve, isLost };
    return promise;
  }

  readonly connect = ({ host, port, onConnect }: ISocketFactoryArgs): Socket => {
    const socket = connect({ host, port }, onConnect);
    const lost = new Set<number>();
    const write = socket.write.bind(socket) as (request: Buffer) => boolean;
    // A request is its length, of what kind it is, a version, and the number that its answer begins with, after its length.
    socket.write = (request: Uint8Array | string) => {
      const bytes = Buffer.from(request);
      const next = this.#next;
      if (next && bytes.readInt16BE(4) === syncGroup) {
        if (next.isLost) lost.add(bytes.readInt32BE(8));
        this.#next = undefined;
        next.asked();
      }
      return write(bytes);
    };
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string | symbol, ...values: unknown[]) => {
      const [bytes] = values;
      if (event === 'data' && Buffer.isBuffer(bytes) && lost.delete(bytes.readInt32BE(4))) return true;
      return emit(event, ...values);
    };
    return socket;
  };
}

const settings = {
  brokers: serverUrl('KAFKA_BROKERS').split(','),
  clientId: 'test',
  retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 3 },
  logLevel: logLevel.NOTHING,
};

const plain = new Kafka(settings);

/** A topic, and members of a group that take from it. The first one goes by `way`, and soon gives up waiting. */
async function group(t: TestContext) {
  const [topic, groupId] = [uniqueName('topic'), uniqueName('group')];
  const broker = await startTestKafka([topic], 4);
  t.after(() => broker.close());
  const way = new LossyWay();
  const lossy = new Kafka({ ...settings, requestTimeout: 1_000, socketFactory: way.connect });
  const takers = new Map<number, Set<string>>();

  async function join(name: 'first' | 'second') {
    const kafka = name === 'first' ? lossy : plain;
    const fetching = { maxWaitTimeInMs: 200, metadataMaxAge: 500 };
    const member = kafka.consumer({ groupId, heartbeatInterval: 200, ...fetching });
    t.after(() => member.disconnect());
    const nextJoin = () =>
      within(20_000, name, new Promise<unknown>((resolve) => member.on(member.events.GROUP_JOIN, resolve)));
    const joined = nextJoin();
    await member.connect();
    await member.subscribe({ topics: [topic], fromBeginning: true });
    await member.run({
      eachMessage: async ({ partition }) => {
        takers.set(partition, (takers.get(partition) ?? new Set()).add(name));
      },
    });
    await joined;
    return { member, nextJoin };
  }
  /** Who takes from which partition, once each of so many has been taken from. */
  async function takersOf(partitions: number): Promise<readonly string[]> {
    const producer = plain.producer();
    await producer.connect();
    try {
      takers.clear();
      const all = Array.from({ length: partitions }, (_, partition) => partition);
      await producer.send({ topic, messages: all.map((partition) => ({ partition, value: 'x' })) });
      await eventually(() => deepStrictEqual([...takers.keys()].toSorted(), all));
      return [...takers.values()].map((each) => [...each].join()).toSorted();
    } finally {
      await producer.disconnect();
    }
  }

  return { topic, way, takersOf, join };
}

test('a member that never hears what it was given joins again, and takes what is its own', async (t) => {
  const { way, takersOf, join } = await group(t);
  const first = await join('first');
  await Promise.all([way.nextSync({ isLost: true }), join('second')]);
  await first.nextJoin();
  await eventually(async () => deepStrictEqual(await takersOf(4), ['first', 'first', 'second', 'second']));
});

test('a member that never hears what it was given of new partitions joins again, too', async (t) => {
  const { topic, way, takersOf, join } = await group(t);
  const first = await join('first');
  const admin = plain.admin();
  t.after(() => admin.disconnect());
  await admin.connect();
  const lost = way.nextSync({ isLost: true });
  const joined = first.nextJoin();
  await admin.createPartitions({ topicPartitions: [{ topic, count: 6 }] });
  await Promise.all([lost, joined]);
  deepStrictEqual(await takersOf(6), Array(6).fill('first'));
});

test('a member that is to leave while it joins again leaves', async (t) => {
  const { way, join } = await group(t);
  const { member } = await join('first');
  await Promise.all([way.nextSync({ isLost: true }), join('second')]);
  await way.nextSync({ isLost: false });
  // Were anything still asked of it by then, it would be asked for ever, and nothing else would happen in this process.
  await within(20_000, 'leaving', member.disconnect());
});
