import type { Consumer, Delivery, OnDelivery } from '../../shared/brokers/index.ts';
import { percentile } from '../../shared/testing/percentile.ts';
import { randomFrom } from '../measuring/random.ts';
import type { Servers } from '../stage/servers.ts';
import type { RealStage } from '../stage/stage.ts';
import { startHolder } from './holder-process.ts';
import type { Numbered, Receiver, Scenario, Setting } from './setting.ts';

export interface Size {
  /** Messages that are sent as fast as they are stored. */
  readonly burst: number;
  /** Messages that are sent one after the other, ten milliseconds apart. */
  readonly paced: number;
  readonly seed: number;
}

/** What was measured of one pattern on one broker. Times in milliseconds. The last four have no meaning for a call. */
export interface Measured {
  /** Messages handled per second, of all receivers together. */
  readonly perSecond: number;
  /** From before the sending to the end of the handling, without what a message waits on purpose. */
  readonly p50: number;
  readonly p99: number;
  /** Of two keys, with ten in hand whose work takes differently long: how many came to their end behind a later one. */
  readonly overtaken?: number;
  /** From the death of the process that had a message in hand until another one had it. */
  readonly redeliveredAfter?: number;
  /** So many of the messages that had been acknowledged were there for a newcomer. */
  readonly replayable?: number;
  /** Of so many. */
  readonly sent?: number;
}

const concurrency = 10;
const keys = 10;
/** So that several of one key are in hand at once. */
const fewKeys = 2;
const batch = 200;
const paceMs = 10;
const orderMessages = 200;

interface Ear {
  readonly setting: Setting;
  readonly stage: RealStage;
  /** When each message came to its end, at each receiver, in that order. */
  readonly ended: { readonly n: number; readonly at: number; readonly receiver: string }[];
  next: number;
}

/** Measures one pattern on the broker of `stage`. */
export async function measure(
  scenario: Scenario,
  stage: RealStage,
  servers: Servers,
  size: Size,
): Promise<Measured> {
  const ear: Ear = { setting: await scenario.prepare(stage), stage, ended: [], next: 0 };
  const consumers = await listen(ear, async () => {});
  await sendAndHear(ear, Math.min(100, size.burst)); // Connections, plans and compilers warm up.
  const perSecond = await throughput(ear, size.burst);
  const late = await latencies(ear, size.paced);
  for (const consumer of consumers) await consumer.stop(1_000);
  const speed = { perSecond, p50: percentile(late, 0.5), p99: percentile(late, 0.99) };
  if (ear.setting.isCall) return speed;
  const overtaken = await orderOf(ear, size.seed);
  const sent = ear.next;
  const redeliveredAfter = await redelivery(ear, servers);
  return { ...speed, overtaken, redeliveredAfter, replayable: await replayable(ear), sent };
}

async function listen(ear: Ear, work: () => Promise<void>): Promise<readonly Consumer[]> {
  const consumers: Consumer[] = [];
  for (const receiver of ear.setting.receivers) consumers.push(await consume(ear, receiver, work));
  return consumers;
}

function consume(
  { setting, stage, ended }: Ear,
  receiver: Receiver,
  work: () => Promise<void>,
  name = receiver.name,
) {
  const heard: OnDelivery = async (delivery) => {
    await work();
    ended.push({ n: numberOf(delivery), at: performance.now(), receiver: name });
  };
  const { channels, notBefore } = receiver;
  return stage.consume({
    name,
    channels,
    concurrency,
    onDelivery: setting.handle?.(heard) ?? heard,
    ...(notBefore && { notBefore }),
  });
}

function numberOf({ body }: Delivery): number {
  return (JSON.parse(body.toString()) as Numbered).n;
}

function draw(ear: Ear, count: number, ofKeys = keys): readonly Numbered[] {
  return Array.from({ length: count }, () => {
    const n = ear.next++;
    return { n, key: `key-${n % ofKeys}` };
  });
}

async function sendAndHear(ear: Ear, count: number, ofKeys = keys): Promise<void> {
  const wanted = ear.ended.length + count * ear.setting.receivers.length;
  for (let left = count; left > 0; left -= batch)
    await ear.setting.send(draw(ear, Math.min(batch, left), ofKeys));
  // However slow a machine is, it gets on; what is not heard of at all for so long is lost.
  while (ear.ended.length < wanted) {
    const before = ear.ended.length;
    await ear.stage.until('the next message was handled', () => ear.ended.length > before);
  }
}

async function throughput(ear: Ear, count: number): Promise<number> {
  const [start, before] = [performance.now(), ear.ended.length];
  await sendAndHear(ear, count);
  const end = ear.ended.at(-1)?.at ?? performance.now();
  return ((ear.ended.length - before) * 1_000) / (end - start - (ear.setting.waitMs ?? 0));
}

async function latencies(ear: Ear, count: number): Promise<readonly number[]> {
  const from = ear.ended.length;
  const sentAt = new Map<number, number>();
  const calls: number[] = [];
  const sending: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    const [message] = draw(ear, 1);
    if (!message) break;
    const start = performance.now();
    sentAt.set(message.n, start);
    sending.push(ear.setting.send([message]).then(() => calls.push(performance.now() - start)));
    // The pause is the load; nothing waits for it.
    await new Promise((resolve) => setTimeout(resolve, paceMs));
  }
  await Promise.all(sending);
  if (ear.setting.isCall) return calls;
  const wanted = from + count * ear.setting.receivers.length;
  await ear.stage.until('all paced messages were handled', () => ear.ended.length >= wanted);
  return ear.ended.slice(from).map(({ n, at }) => at - (sentAt.get(n) ?? at) - (ear.setting.waitMs ?? 0));
}

/** With work that takes differently long, as work does; which, the seed decides. */
async function orderOf(ear: Ear, seed: number): Promise<number> {
  const random = randomFrom(seed);
  // Longer than a slow machine takes from one message to the next, or they would seldom be in hand at once.
  const work = () => new Promise<void>((resolve) => setTimeout(resolve, random() * 20));
  const consumers = await listen(ear, work);
  const from = ear.ended.length;
  await sendAndHear(ear, orderMessages, fewKeys);
  for (const consumer of consumers) await consumer.stop(1_000);
  return overtakenOf(ear.ended.slice(from));
}

function overtakenOf(ended: Ear['ended']): number {
  const furthest = new Map<string, number>();
  let overtaken = 0;
  for (const { n, receiver } of ended) {
    const lane = `${receiver} ${n % fewKeys}`;
    const before = furthest.get(lane) ?? -1;
    if (n < before) overtaken += 1;
    furthest.set(lane, Math.max(before, n));
  }
  return overtaken;
}

async function redelivery(ear: Ear, servers: Servers): Promise<number> {
  const [receiver] = ear.setting.receivers;
  if (!receiver) throw new Error('nobody receives');
  const [message] = draw(ear, 1);
  if (!message) throw new Error('there is no message');
  const { name, channels } = receiver;
  const holder = startHolder({ broker: ear.stage.broker, servers, name, channels });
  ear.stage.after(() => holder.kill());
  await holder.isReady;
  await ear.setting.send([message]);
  await holder.hasOne;
  await holder.kill();
  const start = performance.now();
  const consumer = await consume(ear, receiver, async () => {});
  const isBack = () => ear.ended.some(({ n, receiver: who }) => n === message.n && who === name);
  await ear.stage.until('it was handed out again', isBack);
  const end = ear.ended.find(({ n, receiver: who }) => n === message.n && who === name)?.at ?? start;
  await consumer.stop(1_000);
  return end - start;
}

/** Counts what reaches a newcomer before a message that is sent only now, of the same keys: whatever was there comes first. */
async function replayable(ear: Ear): Promise<number> {
  const [receiver] = ear.setting.receivers;
  if (!receiver) throw new Error('nobody receives');
  const name = ear.stage.name('newcomer');
  const newcomer = { ...receiver, name };
  await consume(ear, newcomer, async () => {});
  const last = draw(ear, keys);
  await ear.setting.send(last);
  const heardBy = () => ear.ended.filter(({ receiver: who }) => who === name).map(({ n }) => n);
  await ear.stage.until('the newcomer hears of the last ones', () => {
    const heard = new Set(heardBy());
    return last.every(({ n }) => heard.has(n));
  });
  const first = last[0]?.n ?? 0;
  // The one that the dead process had in hand does not count among those sent.
  return new Set(heardBy().filter((n) => n < first - 1)).size;
}
