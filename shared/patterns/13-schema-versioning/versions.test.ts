import { deepStrictEqual, strictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { readVersion, statedVersion, upcast, type Version } from './versions.ts';

interface One {
  readonly amount: number;
}
interface Two extends One {
  readonly currency: string;
}
interface Three {
  readonly parts: readonly Two[];
}

const has = (name: string) => (data: unknown) =>
  data !== null && typeof data === 'object' && name in data ? undefined : `${name} is missing`;

const one: Version<string> = {
  problemIn: has('amount'),
  upcast: (data: One): Two => ({ ...data, currency: 'EUR' }),
};
const two: Version<string> = {
  problemIn: (data) => has('amount')(data) ?? has('currency')(data),
  upcast: (data: Two): Three => ({ parts: [data] }),
};
const three: Version<string> = { problemIn: has('parts') };

const stated = (version: number, readableBy = version) => ({ version, readableBy });

test('each version is checked as what it is, and comes out as the newest', () => {
  const versions = [one, two, three];
  const wanted = { data: { parts: [{ amount: 7, currency: 'EUR' }] } };
  deepStrictEqual(readVersion(versions, stated(1), { amount: 7 }), wanted);
  deepStrictEqual(readVersion(versions, stated(2), { amount: 7, currency: 'EUR' }), wanted);
  deepStrictEqual(readVersion(versions, stated(3), wanted.data), wanted);
});

test('a body is never read as another version than it states, even if it would fit that', () => {
  deepStrictEqual(readVersion([one, two], stated(2), { amount: 7 }), { problem: 'currency is missing' });
  deepStrictEqual(readVersion([one, two, three], stated(3), { amount: 7 }), { problem: 'parts is missing' });
});

test('a reader takes a newer version whose writer says that it can, and lets the new field through', () => {
  const written = { amount: 7, currency: 'EUR' };
  deepStrictEqual(readVersion([one], stated(2, 1), written), { data: written });
  deepStrictEqual(readVersion([one, two], stated(3, 1), written), {
    data: written,
  });
});

test('a newer version that nobody declares readable is unknown, even if it would fit', () => {
  deepStrictEqual(readVersion([one], stated(2), { amount: 7, currency: 'GBP' }), { unknownVersion: 2 });
  deepStrictEqual(readVersion([one], stated(3, 2), { amount: 7 }), { unknownVersion: 3 });
  deepStrictEqual(readVersion([], stated(1), {}), { unknownVersion: 1 });
});

test('what is declared readable is checked all the same', () => {
  deepStrictEqual(readVersion([one], stated(2, 1), { currency: 'EUR' }), { problem: 'amount is missing' });
});

test('the version is the end of the dataschema; without a declaration only its own readers can read it', () => {
  const name = 'urn:shop:order.created';
  deepStrictEqual(statedVersion(name, { dataschema: `${name}:2` }), stated(2));
  deepStrictEqual(statedVersion(name, { dataschema: `${name}:3`, readableby: '1' }), stated(3, 1));
});

test('a declaration that makes no sense declares nothing', () => {
  const dataschema = 'urn:shop:order.created:2';
  for (const readableby of ['', '0', '-1', 'one', '1.5', '01', '3', '1e0', ' 1']) {
    deepStrictEqual(
      statedVersion('urn:shop:order.created', { dataschema, readableby }),
      stated(2),
      readableby,
    );
  }
});

test('a dataschema of another name, or without a version, states nothing', () => {
  for (const dataschema of [
    undefined,
    '',
    'urn:shop:order.created',
    'urn:shop:order.created:',
    'urn:shop:order.created:0',
    'urn:shop:order.created:02',
    'urn:shop:order.created:2:3',
    'urn:shop:order.created:two',
    'urn:shop:order.paid:2',
    'https://shop/order.created:2',
  ]) {
    strictEqual(
      statedVersion('urn:shop:order.created', dataschema === undefined ? {} : { dataschema }),
      undefined,
    );
  }
});

test('what is stored is brought up from any version, and what is new is left as it is', () => {
  const versions = [one, two, three];
  deepStrictEqual(upcast(versions, 1, { amount: 7 }), { parts: [{ amount: 7, currency: 'EUR' }] });
  const newest = { parts: [] };
  strictEqual(upcast(versions, 3, newest), newest);
});

test('a version that does not exist cannot be brought up', () => {
  for (const from of [0, -1, 4, 1.5, Number.NaN]) {
    throws(() => upcast([one, two, three], from, {}), { name: 'RangeError', message: /only 1 to 3/ });
  }
});
