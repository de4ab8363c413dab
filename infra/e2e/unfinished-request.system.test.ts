import { match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type SlowClient, startSlowClient } from './raw-http.ts';
import { running } from './running-system.ts';

let slow: SlowClient;

// Before the first test of the process, whichever file that is in: until it is this one's turn the client's time is over.
before(() => {
  const head = ['POST /api/orders HTTP/1.1', 'host: conveyor', 'content-type: application/json'];
  slow = startSlowClient(running().stack.ports.gateway, head);
});
after(() => slow?.stop());

test('who sends his request byte by byte is cut off', { timeout: 120_000 }, async () => {
  match(await slow.answered, /^HTTP\/1\.1 408 /);
});
