import { match, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { createHttp } from './http.ts';
import { createLogger } from './logger.ts';
import { addMetricsRoute } from './metrics.ts';

test('a number is asked for at each look, and one that cannot be told takes no other with it', async (t) => {
  const http = createHttp(createLogger('test', 'silent'));
  t.after(() => http.close());
  const metrics = addMetricsRoute(http, 'shop', { checks: new Map(), breakers: [] });
  let waiting = 3;
  metrics.gauge({ name: 'waiting', help: 'People.', labels: [] }, async () => waiting);
  metrics.gauge({ name: 'unknown', help: 'Nobody can tell.', labels: [] }, () =>
    Promise.reject(new Error('the database is away')),
  );
  // As of a database whose connection has died unnoticed.
  metrics.gauge({ name: 'silent', help: 'Nobody answers.', labels: [] }, () => new Promise(() => {}));
  const look = async () => (await http.inject('/metrics')).body;
  match(await look(), /^waiting\{service="shop"\} 3$/m);
  waiting = 4;
  const { statusCode, body } = await http.inject('/metrics');
  strictEqual(statusCode, 200);
  match(body, /^waiting\{service="shop"\} 4$/m);
  match(body, /^unknown\{service="shop"\} nan$/im);
  match(body, /^silent\{service="shop"\} nan$/im);
});

test('what has not happened yet is counted as well, once it may happen', async (t) => {
  const http = createHttp(createLogger('test', 'silent'));
  t.after(() => http.close());
  const count = addMetricsRoute(http, 'shop', { checks: new Map(), breakers: [] }).counter({
    name: 'falls',
    help: 'Of people.',
    labels: ['where'],
  });
  count({ where: 'stairs' }, 0);
  match((await http.inject('/metrics')).body, /^falls\{where="stairs",service="shop"\} 0$/m);
  count({ where: 'stairs' });
  match((await http.inject('/metrics')).body, /^falls\{where="stairs",service="shop"\} 1$/m);
});
