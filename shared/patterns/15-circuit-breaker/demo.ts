import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { onlyRepeated } from '@conveyor/patterns/at-least-once/only-repeated';
import type { Demo, Stage } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import { createBreaker } from './breaker.ts';
import { ask, startProvider } from './loopback-provider.ts';

const tasks = ['charge 1', 'charge 2', 'charge 3', 'charge 4'];

export const demo: Demo = {
  title: 'a provider that is unwell for a while: who calls it, and what becomes of the charges',
  async run(stage) {
    const provider = await startProvider(stage);
    provider.isWell = false;
    const counts = { opened: 0, heldBack: 0, handled: 0 };
    const breaker = createBreaker<void>({
      name: 'provider',
      lastCalls: 2,
      atLeast: 2,
      firstPauseMs: 500,
      longestPauseMs: 500,
    });
    breaker.onChange((state) => {
      if (state === 'open') counts.opened += 1;
      stage.show(state === 'closed' ? 'handled' : 'held', 'breaker', `is ${state}`);
    });
    await consume(
      stage,
      (task) => breaker.execute(() => ask(provider.url, task)),
      (task) => {
        counts.handled += 1;
        stage.show('handled', task, 'is charged');
      },
      (task, code) => {
        if (code === 'breaker-open') counts.heldBack += 1;
        stage.show('waits', task, code === 'breaker-open' ? 'not sent: the breaker is open' : 'answered 503');
      },
    );
    stage.say(`The provider answers 503. After two such answers the breaker opens: what comes then is not sent, and not
      acknowledged either. After a pause one call tries. Watch who waits, and that nothing is lost.`);
    const channel = stage.name('charges');
    const to = addressIn(stage.broker, channel, 'any');
    await stage.send(tasks.map((body) => ({ to, type: 'payment.charge', subject: 'any', body })));
    await stage.until('one call has tried, in vain', () => provider.asked >= 3);
    stage.say('Now the provider is well again.');
    const askedInVain = provider.asked;
    provider.isWell = true;
    await stage.until('all are charged', () => counts.handled === tasks.length);
    return {
      'charges sent': tasks.length,
      'calls in vain': askedInVain,
      'times that the breaker opened': counts.opened,
      'tries that were held back': counts.heldBack,
      'charges made in the end': provider.charged.size,
    };
  },
};

async function consume(
  stage: Stage,
  charge: (task: string) => Promise<void>,
  handled: (task: string) => void,
  repeated: (task: string, code: unknown) => void,
): Promise<void> {
  const charges = stage.name('charges');
  await stage.open(onePlace(charges));
  const handle = atLeastOnce({
    work: ({ body }) => charge(body.toString()),
    ...onlyRepeated,
    onEvent: (event) => {
      if (event.kind !== 'repeated') return;
      const { error, delivery } = event;
      repeated(delivery.body.toString(), error instanceof Error && 'code' in error ? error.code : undefined);
    },
  });
  await stage.consume({
    name: stage.name('worker'),
    channels: [charges],
    concurrency: 1,
    onDelivery: async (delivery, signal) => {
      await handle(delivery, signal);
      handled(delivery.body.toString());
    },
  });
}
