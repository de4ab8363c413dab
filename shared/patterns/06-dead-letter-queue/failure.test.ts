import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify, InfrastructureFault, PermanentFault, TransientFault } from './failure.ts';

function withCode(code: string, message = 'failed'): Error {
  return Object.assign(new Error(message), { code });
}

test('a fault says itself what it is, and keeps its code and cause', () => {
  const cause = new Error('below');
  const fault = new PermanentFault('unknown-type', 'No such type', { cause });
  assert.deepEqual(
    [fault.name, fault.code, fault.message, fault.cause],
    ['PermanentFault', 'unknown-type', 'No such type', cause],
  );
  assert.equal(classify(fault), 'permanent');
  assert.equal(classify(new InfrastructureFault('breaker-open', 'Open')), 'infrastructure');
  assert.equal(classify(new TransientFault('provider-timeout', 'No answer')), 'transient');
});

test('the state of the database is infrastructure', () => {
  for (const code of [
    '08006',
    '28P01',
    '3D000',
    '53300',
    '58030',
    'XX000',
    '0A000',
    '57P01',
    '57P03',
    '40001',
    '40P01',
    '55P03',
    '25006',
    '25P03',
  ]) {
    assert.equal(classify(withCode(code)), 'infrastructure', code);
  }
});

test('what a statement did wrong is not', () => {
  for (const code of ['23505', '22P02', '42P01', '57014', '25P02', '0800', '080065']) {
    assert.equal(classify(withCode(code)), 'transient', code);
  }
});

test('a socket error of the database driver is infrastructure, that of another call is not', () => {
  assert.equal(classify(withCode('ECONNREFUSED')), 'infrastructure');
  assert.equal(
    classify(new TransientFault('provider-unreachable', 'x', { cause: withCode('ECONNREFUSED') })),
    'transient',
  );
  assert.equal(classify(new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') })), 'transient');
});

test('whatever nobody has classified is transient', () => {
  for (const error of [new Error('what?'), 'text', undefined, null, 7, { code: 'ECONNRESET' }]) {
    assert.equal(classify(error), 'transient');
  }
});
