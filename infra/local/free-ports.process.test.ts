import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { assertFree, freePorts } from './free-ports.ts';
import { portNames } from './ports.ts';

test('a table of free ports has a port of its own for every name', async () => {
  const ports = await freePorts();
  assert.equal(new Set(Object.values(ports)).size, portNames.length);
  await assertFree(ports, portNames);
});

test('a taken port is named together with the variable that moves it', async () => {
  const ports = await freePorts();
  const other = createServer().listen(ports.kafka, '127.0.0.1');
  await once(other, 'listening');
  try {
    await assert.rejects(
      assertFree(ports, portNames),
      new RegExp(`Nothing was started:\n +port ${ports.kafka} \\(kafka\\) is in use: .*KAFKA_PORT$`),
    );
  } finally {
    other.close();
  }
});
