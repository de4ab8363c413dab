import { deepStrictEqual, notDeepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { linkNames, serviceNames } from '@conveyor/local/stack';
import { randomFrom } from '../../scripts/measuring/random.ts';
import { type Fault, faults, type Strike, smallChaos } from './faults.ts';

const size = { orders: 100, times: 5, awayMs: 120_000 };

/** The first fifty strikes. */
function schedule(fault: Fault, seed: number): readonly Strike[] {
  const strikes: Strike[] = [];
  for (const strike of fault.strikes(randomFrom(seed), size)) {
    strikes.push(strike);
    if (strikes.length === 50) break;
  }
  return strikes;
}

for (const fault of [...faults, smallChaos]) {
  test(`${fault.name}: the same seed makes the same schedule, another one another`, () => {
    deepStrictEqual(schedule(fault, 7), schedule(fault, 7));
    notDeepStrictEqual(schedule(fault, 7), schedule(fault, 8));
  });
}

function strikesOf(name: string): readonly Strike[] {
  const fault = faults.find((each) => each.name === name);
  ok(fault);
  return schedule(fault, 1);
}

test('services are killed every 3 to 8 s, and none is spared', () => {
  const strikes = strikesOf('services');
  ok(strikes.every(({ waitMs }) => waitMs >= 3_000 && waitMs <= 8_000));
  const killed = new Set(strikes.map(({ action }) => (action.do === 'kill' ? action.service : '')));
  deepStrictEqual([...killed].sort(), [...serviceNames].sort());
});

test('every server is restarted as often as is asked for', () => {
  for (const [fault, servers] of [
    ['brokers', ['kafka', 'rabbitmq']],
    ['postgres', ['postgres']],
  ] as const) {
    const restarted = strikesOf(fault).map(({ action }) => (action.do === 'restart' ? action.server : ''));
    const counts = Map.groupBy(restarted, (server) => server);
    deepStrictEqual([...counts.keys()].sort(), servers);
    ok([...counts.values()].every(({ length }) => length === size.times));
  }
});

test('every service is asked to stop once', () => {
  const asked = strikesOf('sigterm').map(({ action }) => (action.do === 'terminate' ? action.service : ''));
  deepStrictEqual(asked.toSorted(), serviceNames.toSorted());
});

test('every trouble comes to every link once, and a cut lasts half a minute', () => {
  const disturbed = strikesOf('links').map(({ action }) =>
    action.do === 'disturb' ? `${action.link} ${action.trouble} ${action.forMs}` : '',
  );
  const wanted = linkNames.flatMap((link) => [
    `${link} cut 30000`,
    `${link} resets 5000`,
    `${link} slow 10000`,
  ]);
  deepStrictEqual(disturbed.toSorted(), wanted.toSorted());
});

test('RabbitMQ is blocked as often and as long as is asked for', () => {
  deepStrictEqual(
    strikesOf('blocked').map(({ action }) => action),
    Array.from({ length: size.times }, () => ({ do: 'block', forMs: size.awayMs })),
  );
});

test('of two instances of every service each is killed once before any is killed again', () => {
  const killed = strikesOf('instances').map(({ action }) =>
    action.do === 'kill' ? `${action.service} ${action.instance}` : '',
  );
  const all = serviceNames.flatMap((service) => [`${service} 0`, `${service} 1`]);
  deepStrictEqual(killed.slice(0, all.length).toSorted(), all.toSorted());
  deepStrictEqual(killed.slice(all.length, 2 * all.length).toSorted(), all.toSorted());
});
