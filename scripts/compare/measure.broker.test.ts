import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { serversIn } from '../stage/servers.ts';
import { RealStage } from '../stage/stage.ts';
import { measure } from './measure.ts';
import { scenarios } from './scenarios.ts';
import type { Scenario } from './setting.ts';
import { delayed } from './transport-scenarios.ts';

const size = { burst: 60, paced: 10, seed: 7 };
const patient = { timeout: 120_000 };

async function measured(t: TestContext, scenario: Scenario, broker: (typeof brokerNames)[number]) {
  const servers = serversIn(process.env) ?? assert.fail('this test needs the real servers');
  const narrator = { say: () => {}, show: () => {}, list: () => {} };
  const signal = AbortSignal.timeout(patient.timeout);
  const stage = new RealStage({ chapter: scenario.pattern, broker, servers, narrator, signal });
  t.after(() => stage.clear());
  return measure(scenario, stage, servers, size);
}

for (const broker of brokerNames) {
  test(`${broker}: order, redelivery and replay are measured as they are`, patient, async (t) => {
    const [pointToPoint] = scenarios(100);
    const { perSecond, p50, p99, overtaken, redeliveredAfter, replayable, sent } = await measured(
      t,
      pointToPoint ?? assert.fail('there is no scenario'),
      broker,
    );
    assert.ok(perSecond > 0 && p50 > 0 && p99 >= p50 && (redeliveredAfter ?? 0) > 0);
    assert.deepEqual([(overtaken ?? 0) > 0, replayable], broker === 'rabbitmq' ? [true, 0] : [false, sent]);
  });
}

test('a wait is not counted as time on the way, whatever it is set to', patient, async (t) => {
  for (const waitMs of [300, 900]) {
    const { p50 } = await measured(t, delayed(waitMs), 'rabbitmq');
    assert.ok(p50 > 0 && p50 < 300, `${p50} ms on the way besides a wait of ${waitMs} ms`);
  }
});
