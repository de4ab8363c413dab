// npm run follow -- <orderId>: prints what happens to an order, as it happens, until its saga is done
// (exit code 0) or stuck (1). --once: what has happened so far.
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { News } from './follow/news.ts';
import { endOf, lineOf, type Paint, waitingFor } from './follow/story.ts';
import { type Entry, lookAt, type Timeline } from './follow/timeline.ts';

const lookEveryMs = 250;

// Without colours when stdout is no terminal, or NO_COLOR is set: styleText sees to that.
const paint: Paint = (style, text) => styleText(style, text);

/** The one named by GATEWAY_URL, else that of the stack that runs here. */
async function gatewayUrl(): Promise<string> {
  const given = process.env['GATEWAY_URL'];
  if (given) return given;
  // Loaded only here: in a container there is no such stack, and no code for it either.
  const { localGateway } = await import('./follow/local-gateway.ts');
  return (await localGateway()) ?? `http://localhost:${process.env['GATEWAY_PORT'] ?? 8080}`;
}

/** Prints to the end of the saga, and answers the exit code. */
async function follow(gateway: string, orderId: string, once: boolean): Promise<number> {
  const first = await lookAt(gateway, orderId);
  if ('unknown' in first) {
    console.error(`There is no order ${orderId}.`);
    return 1;
  }
  if ('failed' in first) {
    console.error(`The gateway at ${gateway} cannot tell (${first.failed}). \`npm start\` starts one here.`);
    return 1;
  }
  console.log(paint('bold', `Order ${orderId}, ${first.timeline.saga.style}`));
  return once ? finish(first.timeline, new Story()) : untilItEnds(gateway, orderId, first.timeline);
}

async function untilItEnds(gateway: string, orderId: string, first: Timeline): Promise<number> {
  const story = new Story();
  const news = new News();
  let timeline = first;
  for (;;) {
    const entries = news.of(timeline.entries);
    story.tell(entries);
    if (entries.length === 0) story.note(waitingFor(timeline));
    const wasOver = isOver(timeline);
    await sleep(lookEveryMs);
    const look = await lookAt(gateway, orderId);
    if ('timeline' in look) timeline = look.timeline;
    else story.note(`… no answer (${'failed' in look ? look.failed : 'no such order'}), still asking`);
    // One look more than needed: what happened before the end may be told of a moment after it.
    if (wasOver && 'timeline' in look && isOver(timeline)) return finish(timeline, story, news);
  }
}

function finish(timeline: Timeline, story: Story, news = new News()): number {
  story.tell(news.rest(timeline.entries));
  console.log(endOf(timeline, paint) ?? waitingFor(timeline) ?? `It is ${timeline.saga.state}.`);
  return timeline.saga.state === 'stuck' ? 1 : 0;
}

function isOver({ saga: { state } }: Timeline): boolean {
  return state === 'done' || state === 'stuck';
}

/** What has been printed: times are counted from its first entry, and it does not say twice what it waits for. */
class Story {
  #start: number | undefined;
  #lastNote: string | undefined;

  tell(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#start ??= Date.parse(entry.at);
      console.log(lineOf(entry, this.#start, paint));
    }
  }

  note(text: string | undefined): void {
    if (text !== undefined && text !== this.#lastNote) console.log(paint('dim', text));
    this.#lastNote = text;
  }
}

const once = process.argv.includes('--once');
const [orderId, ...rest] = process.argv.slice(2).filter((arg) => arg !== '--once');
if (orderId === undefined || orderId.startsWith('-') || rest.length > 0) {
  console.error('Usage: npm run follow -- <orderId> [--once]');
  process.exitCode = 2;
} else {
  process.exitCode = await follow(await gatewayUrl(), orderId, once);
}
