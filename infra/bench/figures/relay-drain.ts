import type { BrokerName, OutgoingMessage } from '@conveyor/brokers';
import { brokerNames } from '@conveyor/brokers';
import type { Comparison, Figure, Run } from '../figure.ts';
import { inTime } from '../in-time.ts';
import { interleaved } from '../interleaved.ts';
import { drained, perSecond } from '../relay/drained.ts';
import type { PlainSender } from '../relay/plain-senders.ts';
import { type RelayGround, someMessages, startRelayGround } from '../relay/relay-ground.ts';

export const relayDrain: Figure = {
  name: 'relay-drain',
  what: 'messages a second that the outbox relay takes from its table to the broker, confirmed and deleted',
  against: 'the same messages from memory: amqplib with 500 unconfirmed, kafkajs with `sendBatch` of 500',

  async measure(run) {
    run.say('starting the servers');
    const ground = await startRelayGround();
    try {
      const comparisons: Comparison[] = [];
      for (const broker of brokerNames) comparisons.push(await compared(run, ground, broker));
      return { comparisons };
    } finally {
      await ground.stop();
    }
  },
};

async function compared(run: Run, ground: RelayGround, broker: BrokerName): Promise<Comparison> {
  run.say(`on ${broker}, ${run.rows} messages each`);
  const sender = await ground.plain[broker]();
  try {
    await drained(ground, broker, Math.min(2_000, run.rows), run.signal);
    await sent(run, sender, someMessages(broker, 2_000));
    const { ours, theirs } = await interleaved(run, {
      async ours() {
        await sender.clear();
        return drained(ground, broker, run.rows, run.signal);
      },
      async theirs() {
        await sender.clear();
        const messages = someMessages(broker, run.rows);
        const start = performance.now();
        await sent(run, sender, messages);
        return perSecond(run.rows, start);
      },
    });
    return { what: broker, unit: 'messages/s', ours, theirs, aim: { is: 'at least', ratio: 0.6 } };
  } finally {
    await sender.close();
  }
}

function sent({ signal }: Run, sender: PlainSender, messages: readonly OutgoingMessage[]): Promise<void> {
  return inTime(signal, 'a plain driver to have everything confirmed', sender.send(messages));
}
