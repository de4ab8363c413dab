import { createServer } from 'node:http';
import { type Delivery, newMessageId } from '@conveyor/brokers';
import type { Demo, Stage } from '@conveyor/patterns/demo';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { type Content, createRequester, type Requester, serveRequests } from './request-reply.ts';

const asked = 30;
const patientMs = 15_000;
const impatientMs = 300;

export const demo: Demo = {
  title: 'questions and answers over the broker, one answer that is late, and the same by HTTP',
  async run(stage) {
    const requester = await prepare(stage);
    await requester.ask(content('warm-up'));
    stage.say(`${asked} questions are asked at once. Each carries an id, and its answer brings that back.`);
    const numbers = Array.from({ length: asked }, (_, n) => String(n));
    const answers = await Promise.all(numbers.map((n) => requester.ask(content(n))));
    const own = answers.filter(({ body }, n) => body.toString() === answerTo(String(n))).length;
    stage.show('handled', `${asked} questions`, `${own} got the answer to their own`);

    stage.say(`Now an answer comes after its asker has given up, right before that to the next question.`);
    const gaveUp = await requester.ask(content('late'), AbortSignal.timeout(impatientMs)).then(
      () => 0,
      () => 1,
    );
    stage.show('given-up', 'late', `no answer within ${impatientMs} ms`);
    const next = (await requester.ask(content('next'))).body.toString();
    stage.show('handled', 'next', `gets "${next}"`);

    stage.say(
      'At last one question after the other, over the broker and then straight to the server by HTTP.',
    );
    const overBroker = await medianMicroseconds((n) => requester.ask(content(n)));
    const url = await openHttpServer(stage);
    const byHttp = await medianMicroseconds(async (n) => (await fetch(`${url}/${n}`)).text());
    return {
      'questions over the broker': 1 + asked + 2 + asked,
      'answered with the answer to their own, of those asked at once': own,
      'given up before their answer came': gaveUp,
      'wrong answers to the question after that': next === answerTo('next') ? 0 : 1,
      'microseconds for question and answer over the broker': overBroker,
      'microseconds for the same by HTTP': byHttp,
    };
  },
};

const answerTo = (question: string) => `the answer to ${question}`;

function content(body: string): Content {
  const attributes = { id: newMessageId(), type: 'question', source: '/demo', subject: 'any' };
  return { attributes, body: Buffer.from(body) };
}

async function prepare(stage: Stage): Promise<Requester> {
  const [requests, replies] = [stage.name('requests'), stage.name('replies')];
  const broker = await stage.open({
    rabbitmq: { queues: [workQueue(requests)] },
    kafka: { topics: [requests, replies].map((name) => ({ name, partitions: 1 })) },
  });
  const nextIsHere = Promise.withResolvers<void>();
  const answer = async ({ body }: Delivery) => {
    const question = body.toString();
    if (question === 'late') await nextIsHere.promise;
    if (question === 'next') {
      nextIsHere.resolve();
      // The late answer goes out before this turn is over.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return content(answerTo(question));
  };
  const name = stage.name('server');
  stage.knowConsumer(name);
  const server = serveRequests({ broker, name, channels: [requests], concurrency: asked, answer });
  stage.after(() => server.stop(1_000));
  const requester = createRequester({
    broker,
    requestAddress: (id) => addressIn(stage.broker, requests, id),
    replyChannel: replies,
    timeoutMs: patientMs,
  });
  stage.after(() => requester.stop());
  return requester;
}

/** One question after the other. */
async function medianMicroseconds(ask: (question: string) => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < asked; n++) {
    const begun = performance.now();
    await ask(String(n));
    took.push(performance.now() - begun);
  }
  const [median = 0] = took.toSorted((a, b) => a - b).slice(asked / 2);
  return Math.round(median * 1_000);
}

async function openHttpServer(stage: Stage): Promise<string> {
  const server = createServer((request, response) => response.end(answerTo(request.url?.slice(1) ?? '')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stage.after(async () => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
