import { type BrokerName, newMessageId } from '@conveyor/brokers';
import type { Topologies } from '@conveyor/patterns/demo';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { type Ask, takeNextRecord, takeNextReply } from './broken.ts';
import { type Content, createRequester, serveRequests } from './request-reply.ts';

const patientMs = 20_000;
const impatientMs = 1_000;
/** Before them comes a question for which there is much time: until it is answered, connections and groups are made. */
const questions = { late: 'question 1', next: 'question 2' } as const;

const tables = 'create table answers (question text not null, answer text not null)';

function channelsOf({ name }: Pick<Worker, 'name'>) {
  return { requests: name('requests'), replies: name('replies') };
}

function topologies(place: Pick<Worker, 'name'>): Topologies {
  const names = Object.values(channelsOf(place));
  return {
    rabbitmq: { queues: names.map(workQueue) },
    kafka: { topics: names.map((name) => ({ name, partitions: 1 })) },
  };
}

function content(body: string): Content {
  const attributes = { id: newMessageId(), type: 'question', source: '/proof', subject: 'any' };
  return { attributes, body: Buffer.from(body) };
}

const answerTo = (question: string) => `the answer to ${question}`;

/** Asks one after the other, gives the first up when its time is over, and writes down what it was told. */
async function askAll(worker: Worker, ask: Ask): Promise<void> {
  const database = await worker.database();
  await ask('Is anybody there?', patientMs);
  for (const question of Object.values(questions)) {
    const timeoutMs = question === questions.late ? impatientMs : patientMs;
    const answer = await ask(question, timeoutMs).catch(() => undefined);
    if (answer) await database.query('insert into answers values ($1, $2)', [question, answer]);
  }
}

/** What a process asks, once it can. */
type Script = (worker: Worker, ask: Ask) => Promise<void>;

const rightAsker =
  (script: Script): Version =>
  async (worker) => {
    const broker = await worker.open(topologies(worker));
    const { requests, replies } = channelsOf(worker);
    const requester = createRequester({
      broker,
      requestAddress: (id) => addressIn(worker.broker, requests, id),
      replyChannel: replies,
      timeoutMs: patientMs,
    });
    worker.after(() => requester.stop());
    worker.knowConsumer(worker.name('server'));
    await script(worker, async (question, timeoutMs) =>
      (await requester.ask(content(question), AbortSignal.timeout(timeoutMs))).body.toString(),
    );
  };

const nextReplyTaker =
  (script: Script): Version =>
  async (worker) => {
    const asker = await takeNextReply(worker.servers.rabbitmq, channelsOf(worker));
    worker.after(asker.stop);
    await script(worker, asker.ask);
  };

const takesNextRecord: Version = async (worker) => {
  const group = worker.name('asker');
  for (const name of [group, worker.name('server')]) worker.knowConsumer(name);
  const asker = await takeNextRecord(worker.servers.kafka, group, channelsOf(worker));
  worker.after(asker.stop);
  await askAll(worker, asker.ask);
};

/** Answers at once; under the failure the first question only when the next one is there, and still before that one. */
async function serve(trial: Trial): Promise<void> {
  const broker = await trial.open(topologies(trial));
  const nextIsHere = Promise.withResolvers<void>();
  const server = serveRequests({
    broker,
    name: trial.name('server'),
    channels: [channelsOf(trial).requests],
    concurrency: 10,
    answer: async ({ body }) => {
      const question = body.toString();
      if (trial.isBroken && question === questions.late) await nextIsHere.promise;
      if (question === questions.next) {
        nextIsHere.resolve();
        // The answer that is late goes out before this turn is over.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return content(answerTo(question));
    },
  });
  trial.after(() => server.stop(1_000));
}

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([tables]);
  await serve(trial);
  await trial.start();
  const { rows } = await database.query<{ question: string; answer: string }>('select * from answers', []);
  const wanted: readonly string[] = trial.isBroken ? [questions.next] : Object.values(questions);
  const unanswered = wanted.filter((question) => !rows.some((row) => row.question === question));
  if (unanswered.length > 0) throw new Error(`there was no answer at all to ${unanswered.join(', ')}`);
  return rows.filter(({ question, answer }) => answer !== answerTo(question)).map(({ question }) => question);
}

const proofOn = (broker: BrokerName, bug: string, version: Version): Proof => ({
  failure: 'an answer comes when its asker has given up and asked something else',
  invariant: { code: 'own-answer', says: 'Whoever gets an answer gets the one to its own question' },
  brokers: [broker],
  right: rightAsker(askAll),
  twins: { [bug]: { version, violates: [questions.next] } },
  run,
});

// Two processes of the same service: one asks, the other has nothing to ask just now.

const roles = `
  create table roles (n serial, role text not null);
  create table heard (question text not null, answer text)`;

/** For two questions, since RabbitMQ deals out what is in a queue by turns. */
const [firstQuestion, secondQuestion] = ['question A', 'question B'];
const answerMs = 3_000;

const playsItsRole: Script = async (worker, ask) => {
  const database = await worker.database();
  const { rows } = await database.query<{ role: string }>(
    'delete from roles where n = (select min(n) from roles) returning role',
  );
  if (rows[0]?.role !== 'asks') return;
  for (const question of [firstQuestion, secondQuestion]) {
    const answer = await ask(question, answerMs).catch(() => null);
    await database.query('insert into heard values ($1, $2)', [question, answer]);
  }
};

async function runTwo(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([roles]);
  await serve(trial);
  const cast = trial.isBroken ? ['is idle', 'asks'] : ['asks'];
  for (const role of cast) {
    await database.query('insert into roles (role) values ($1)', [role]);
    await trial.start();
  }
  const { rows } = await database.query<{ question: string; answer: string | null }>('select * from heard');
  if (rows.length < 2) throw new Error('not everything was asked');
  return rows.every(({ question, answer }) => answer === answerTo(question)) ? [] : ['who asks'];
}

const besideAnother: Proof = {
  failure: 'a second process of the same service has started',
  invariant: { code: 'answered', says: 'Whoever asks gets his answer, whoever else might ask' },
  brokers: ['rabbitmq'],
  right: rightAsker(playsItsRole),
  twins: {
    'one reply queue for two processes': {
      version: nextReplyTaker(playsItsRole),
      violates: ['who asks'],
    },
  },
  run: runTwo,
};

export const proofs: readonly Proof[] = [
  proofOn('rabbitmq', 'shared reply queue without correlation check', nextReplyTaker(askAll)),
  proofOn('kafka', 'shared reply topic without correlation check', takesNextRecord),
  besideAnother,
];
