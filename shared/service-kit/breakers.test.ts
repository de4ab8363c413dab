import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { createBreaker } from '@conveyor/patterns/circuit-breaker/breaker';
import { addHealthRoutes } from './health.ts';
import { createHttp } from './http.ts';
import { createLogger } from './logger.ts';
import { addMetricsRoute } from './metrics.ts';

function build() {
  const breaker = createBreaker<void>({
    name: 'publish to kafka',
    lastCalls: 4,
    atLeast: 4,
    firstPauseMs: 1,
    longestPauseMs: 1,
  });
  const http = createHttp(createLogger('test', 'silent'));
  const watched = { checks: new Map(), breakers: [breaker] };
  addHealthRoutes(http, watched);
  addMetricsRoute(http, 'order', watched);
  return { breaker, http };
}

test('an open breaker is shown by readiness, and makes nobody unready', async () => {
  const { breaker, http } = build();
  const breakers = async () => (await http.inject('/ready')).json().breakers;
  deepStrictEqual(await breakers(), { 'publish to kafka': 'closed' });
  const letGo = breaker.holdOpen();
  deepStrictEqual(await breakers(), { 'publish to kafka': 'open' });
  strictEqual((await http.inject('/ready')).statusCode, 200);
  letGo();
  deepStrictEqual(await breakers(), { 'publish to kafka': 'closed' });
});

test('metrics tell the state of each breaker as a number, and how the process does', async () => {
  const { breaker, http } = build();
  const metrics = async () => (await http.inject('/metrics')).body;
  const stateIs = (number: number) =>
    `conveyor_breaker_state{breaker="publish to kafka",service="order"} ${number}\n`;
  ok((await metrics()).includes(stateIs(0)));
  const letGo = breaker.holdOpen();
  ok((await metrics()).includes(stateIs(2)));
  letGo();

  for (let n = 0; n < 4; n += 1) await breaker.execute(() => Promise.reject(new Error())).catch(() => {});
  const answer = Promise.withResolvers<void>();
  let trying = Promise.resolve();
  // The clock that it goes by may be behind its timer: then a call comes a moment too early, and is refused once more.
  while (breaker.state === 'open') {
    await breaker.ready(1_000, new AbortController().signal);
    trying = breaker.execute(() => answer.promise);
    trying.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  ok((await metrics()).includes(stateIs(1)));
  answer.resolve();
  await trying;

  match(await metrics(), /process_resident_memory_bytes\{service="order"\} \d/);
  const { headers } = await http.inject('/metrics');
  match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
});
