import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { pgbenchScript } from './script.ts';

const shelf = { name: 'bench-17', from: 10, to: 29 };
const transaction = (text: string, ...parameters: string[]) => ({
  role: 'conveyor_order',
  connection: 1,
  isExplicit: true,
  isCommit: true,
  statements: [{ role: 'conveyor_order', connection: 1, text, parameters }],
});

test('each run is another order that takes from another shelf', () => {
  const script = pgbenchScript(
    [
      transaction(
        'insert into orders values ($1::uuid, $2, $10)',
        "'01a20904-7eac-7268-904f-5f9ad584cdb0'",
        `'{"id": "01a20904-7eac-7268-904f-5f9ad584cdb0", "sku": "bench-17"}'`,
      ),
    ],
    shelf,
  );
  strictEqual(
    script,
    String.raw`\set tail random(100000000000, 999999999999)
\set shelf random(10, 29)
begin;
insert into orders values ('00000001-0000-7000-8000-:tail'::uuid, '{"id": "00000001-0000-7000-8000-:tail", "sku": "bench-:shelf"}', null);
commit;
`,
  );
});

test('ids that are different stay so', () => {
  const ids = ['01a20904-7eac-7268-904f-5f9ad584cdb0', '01a20904-7eac-7268-904f-5f9ad584cdb1'];
  const script = pgbenchScript([transaction(`select '${ids[0]}', '${ids[1]}', '${ids[0]}'`)], shelf);
  const written = [...script.matchAll(/'(\d+)-0000/g)].map(([, number]) => Number(number));
  deepStrictEqual(written, [1, 2, 1]);
});
