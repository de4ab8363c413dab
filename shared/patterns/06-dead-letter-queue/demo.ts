import type { Demo, Seen, Stage } from '@conveyor/patterns/demo';
import { startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import { countDeadLetters, type KeptLetter, listDeadLetters } from './dead-letters.ts';
import { countLetters, nameOf, prepare, type Scene, waitsMs } from './demo-scene.ts';
import { type RedriveSurroundings, redrive } from './redrive.ts';

/** In the order in which they are sent: mails, and at how many tries the mail server does not answer. */
const cast = [
  { type: 'receipt', subject: 'order-1', body: '{"fails":0}' },
  { type: 'receipt', subject: 'order-2', body: '{"fails":' },
  { type: 'receipt', subject: 'order-3', body: '{"fails":99}' },
  { type: 'receipt', subject: 'order-4', body: '{"fails":2}' },
  { type: 'correction', subject: 'order-4', body: '{"fails":0}' },
  { type: 'receipt', subject: 'order-5', body: '{"fails":0}' },
] as const;

const mended = Buffer.from('{"fails":0}');

export const demo: Demo = {
  title: 'messages that fail: tried again, given up, mended, sent once more',
  async run(stage) {
    const scene = await prepare(stage);
    const { consumer, database, tally, entrance } = scene;
    stage.say(
      `Six mails are to be sent. One message cannot be read; one fails at every try; one fails twice and then works, and
       behind it comes a correction of the same order. After a first failure there is another try in ${waitsMs[0]} ms, after
       a second one in ${waitsMs[1]} ms. Watch where they wait, and who waits for whom. "…" is ${consumer}.`,
    );
    for (const mail of cast) stage.show('sent', nameOf(mail), mail.body);
    await stage.send(cast.map((mail) => ({ ...mail, to: entrance(mail.subject) })));
    await stage.until('each message is handled or a dead letter', async () => {
      return tally.handled.length + (await countDeadLetters(database, {})) === cast.length;
    });
    await look(stage, scene);
    await sendOnceMore(stage, scene);
    return whatWasSeen(scene);
  },
};

/** The first to be given up comes first. */
async function letters({ database }: Scene): Promise<readonly KeptLetter[]> {
  return (await listDeadLetters(database, {}, { limit: cast.length })).toReversed();
}

async function look(stage: Stage, scene: Scene): Promise<void> {
  stage.say(
    `A dead letter is the message as it came, with an account of what happened to it. A sink has moved each into a table,
     where one can look as often as one likes:`,
  );
  for (const { attributes, body, reason, error = '', history, origin } of await letters(scene)) {
    const times = history.map(({ at }) => Date.parse(at) - Date.parse(history[0]?.at ?? at));
    stage.list({
      message: `${nameOf(attributes)}: ${body}`,
      reason,
      error,
      history: `${history.length} failed; ms since the first: ${times.join(', ')}`,
      origin: `${origin.channel}${origin.position ? `, partition and offset ${origin.position}` : ''}`,
    });
  }
}

async function sendOnceMore(stage: Stage, scene: Scene): Promise<void> {
  const { broker, database, tally, backDoor } = scene;
  const relay = startRelay({ service: 'demo', broker, connect: () => database.connect() });
  stage.after(() => relay.stop());
  const surroundings: RedriveSurroundings = {
    database,
    addressOf: (_broker, _consumer, key) => backDoor(key),
    checkBody: () => ({ dataschema: 'urn:demo:mail:1' }),
    wake: () => relay.wake(),
  };
  stage.say(
    `A person mends the body of the first one and has it sent once more, to the consumer that gave it up and to nobody
     else; and asks for it twice, as people do.`,
  );
  const [first] = await letters(scene);
  if (!first) throw new Error('There is no dead letter');
  const handledBefore = tally.handled.length;
  for (const now of [new Date(), new Date()]) {
    const request = { id: first.id, body: mended, dryRun: false, who: 'you', now };
    const redriven = await redrive(surroundings, request);
    const outcome = redriven && 'outcome' in redriven ? redriven.outcome : 'refused';
    stage.show('sent-again', nameOf(first.attributes), `${mended} is asked for: ${outcome}`);
  }
  await stage.until('the mended message is handled', () => tally.handled.length > handledBefore);
}

async function whatWasSeen({ database, tally }: Scene): Promise<Seen> {
  const letters = await countLetters(database);
  const handledAt = (mail: (typeof cast)[number]) => tally.handled.indexOf(nameOf(mail));
  const overtaken = cast.filter((mail, n) =>
    cast.slice(n + 1).some((later) => later.subject === mail.subject && handledAt(later) < handledAt(mail)),
  );
  return {
    'messages sent': cast.length,
    'tries to handle them': tally.tries,
    'times that one waited for its next try': tally.waits,
    'held until an earlier one of its order had ended': tally.held,
    'overtaken by a later one of its order': overtaken.length,
    'dead letters': letters.all,
    'of them sent once more': letters.redriven,
    'of them still waiting for a person': await countDeadLetters(database, {}),
    'messages handled in the end': tally.handled.length,
  };
}
