import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { examples } from './examples.ts';
import { dataschemaOf, readBody, schemaAttributesOf, upcastStored, versionOf } from './index.ts';

const [inEuros, inPounds] = examples['order.created'];
const { total: _total, ...rest } = inEuros ?? {};
const version1 = { ...rest, total: { amount: 1_900 } };

const read = (version: number | string, body: unknown, readableby?: string) =>
  readBody(
    'order.created',
    `urn:conveyor:order.created:${version}`,
    Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    readableby,
  );

const codeOf = (result: ReturnType<typeof read>) => ('code' in result ? result.code : 'read');

test('version 1 of order.created, which had no currency, comes out in euros', () => {
  deepStrictEqual(read(1, version1), { data: { ...rest, total: { amount: 1_900, currency: 'EUR' } } });
});

test('a body is read as the version that it says, never as one that it would fit', () => {
  const result = read(2, version1);
  deepStrictEqual('problem' in result && result.problem?.field, 'total.currency');
  strictEqual(codeOf(read(1, { ...version1, total: { amount: '19.00' } })), 'invalid-body');
});

test('what a version 1 says beyond its schema is nothing that version 2 would believe', () => {
  const result = read(1, { ...version1, total: { amount: 1_900, currency: 'USD' } });
  ok('data' in result);
  deepStrictEqual(result.data.total, { amount: 1_900, currency: 'EUR' });
});

test('a version from the future is unknown, whatever its body looks like', () => {
  for (const body of [inEuros, '{"orderId":', '<order/>', ''])
    strictEqual(codeOf(read(3, body)), 'unknown-version');
  for (const version of ['0', '', 'two', '2.0'])
    strictEqual(codeOf(read(version, inEuros)), 'unknown-version');
});

test('unless its writer says that it can be read as today, and it can', () => {
  deepStrictEqual(read(3, { ...inEuros, coupon: 'X' }, '2'), { data: { ...inEuros, coupon: 'X' } });
  deepStrictEqual(read(3, { ...inEuros, coupon: 'X' }, '1'), { data: { ...inEuros, coupon: 'X' } });
  strictEqual(codeOf(read(3, version1, '2')), 'invalid-body');
  strictEqual(codeOf(read(4, inEuros, '3')), 'unknown-version');
});

test('a body that is no JSON is one that cannot be read', () => {
  strictEqual(codeOf(read(2, '{"orderId":')), 'not-json');
  strictEqual(codeOf(read(1, '')), 'not-json');
});

test('a dataschema of another message, or of somebody else, is unknown, and so is a type', () => {
  const body = Buffer.from(JSON.stringify(inEuros));
  strictEqual(codeOf(readBody('order.created', 'urn:conveyor:order.paid:1', body)), 'unknown-version');
  strictEqual(codeOf(readBody('order.created', 'urn:other:order.created:2', body)), 'unknown-version');
  const unknown = readBody('order.exploded', 'urn:conveyor:order.exploded:1', body);
  ok('code' in unknown && unknown.code === 'unknown-type');
});

test('an order in euros says that readers of version 1 can read it; one in pounds does not, for they would take it for euros', () => {
  ok(inEuros && inPounds);
  deepStrictEqual(schemaAttributesOf({ type: 'order.created', data: inEuros }), {
    dataschema: 'urn:conveyor:order.created:2',
    readableby: '1',
  });
  deepStrictEqual(schemaAttributesOf({ type: 'order.created', data: inPounds }), {
    dataschema: 'urn:conveyor:order.created:2',
  });
});

test('a stored event is brought to the version of today, and need not have what only messages have', () => {
  const { version: _version, ...stored } = version1;
  deepStrictEqual(upcastStored('order.created', 1, stored), {
    ...stored,
    total: { amount: 1_900, currency: 'EUR' },
  });
  strictEqual(upcastStored('order.created', versionOf('order.created'), inPounds), inPounds);
});

test('a stored event of a version or type that is not known here is refused by name', () => {
  throws(
    () => upcastStored('order.created', 3, {}),
    /order\.created cannot be read: there is no version 3, only 1 to 2/,
  );
  throws(() => upcastStored('order.created', 0, {}), RangeError);
  throws(() => upcastStored('order.exploded', 1, {}), /no message is called order\.exploded/);
});

test('the dataschema names the version that is written today', () => {
  strictEqual(dataschemaOf('order.created'), 'urn:conveyor:order.created:2');
});
