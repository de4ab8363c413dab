import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portNames, portsFrom, portTable } from './ports.ts';

test('without settings every port is its default', () => {
  const ports = portsFrom({});
  assert.equal(ports.gateway, 8080);
  for (const name of portNames) assert.equal(ports[name], portTable[name].default);
});

test('a variable moves its port and no other', () => {
  assert.deepEqual(portsFrom({ GATEWAY_PORT: '9000' }), { ...portsFrom({}), gateway: 9000 });
});

test('an empty variable counts as not set', () => {
  assert.equal(portsFrom({ KAFKA_PORT: '' }).kafka, portTable.kafka.default);
});

test('what is no port is refused by the name of its variable', () => {
  for (const wrong of ['http', '0', '65536', '80.5']) {
    assert.throws(() => portsFrom({ MAIL_PORT: wrong }), /MAIL_PORT=.* is not a port/);
  }
});

test('two names for one port are refused', () => {
  assert.throws(() => portsFrom({ ORDER_PORT: '8080' }), /ORDER_PORT and GATEWAY_PORT are both 8080/);
});
