import { deepStrictEqual } from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
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
  #nextSync: PromiseWithResolvers<void> | undefined;

  /** The next answer to a SyncGroup never comes. Resolves once it has been asked for. */
  loseNextSync(): Promise<void> {
    this.#nextSync = Promise.withResolvers();
    return this.#nextSync.promise;
  }

  readonly connect = ({ host, port, onConnect }: ISocketFactoryArgs): Socket => {
    const socket = connect({ host, port }, onConnect);
    const lost = new Set<number>();
    const write = socket.write.bind(socket) as (request: Buffer) => boolean;
    // A request is its length, of what kind it is, a version, and the number that its answer begins with, after its length.
    socket.write = (request: Uint8Array | string) => {
      const bytes = Buffer.from(request);
      if (this.#nextSync && bytes.readInt16BE(4) === syncGroup) {
        lost.add(bytes.readInt32BE(8));
        this.#nextSync.resolve();
        this.#nextSync = undefined;
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

test('a member that never hears what it was given joins again, and takes what is its own', async (t) => {
  const [topic, groupId] = [uniqueName('topic'), uniqueName('group')];
  const broker = await startTestKafka([topic], 4);
  t.after(() => broker.close());
  const way = new LossyWay();
  const takers = new Map<number, Set<string>>();

  async function join(name: string, kafka: Kafka) {
    const member = kafka.consumer({ groupId, heartbeatInterval: 200, maxWaitTimeInMs: 200 });
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
    return { nextJoin };
  }

  const lossy = new Kafka({ ...settings, requestTimeout: 1_000, socketFactory: way.connect });
  const plain = new Kafka(settings);
  const first = await join('first', lossy);
  const lost = way.loseNextSync();
  await Promise.all([lost, join('second', plain)]);
  await first.nextJoin();

  const producer = plain.producer();
  t.after(() => producer.disconnect());
  await producer.connect();
  await eventually(async () => {
    takers.clear();
    const messages = [0, 1, 2, 3].map((partition) => ({ partition, value: 'x' }));
    await producer.send({ topic, messages });
    await eventually(() => deepStrictEqual([...takers.keys()].toSorted(), [0, 1, 2, 3]));
    const names = [...takers.values()].map((each) => [...each].join());
    deepStrictEqual(names.toSorted(), ['first', 'first', 'second', 'second']);
  });
});
