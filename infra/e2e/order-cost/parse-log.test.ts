import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { parseLog } from './parse-log.ts';

test('statements are read with who sent them and with their parameters, over several lines', () => {
  const log = [
    '~~7~LOG:  checkpoint starting: time',
    '~conveyor_order~41~LOG:  statement: BEGIN',
    '~conveyor_order~41~LOG:  execute <unnamed>: ',
    '\t  insert into events (data)',
    '\t  values ($1, $2)',
    '~conveyor_order~41~DETAIL:  Parameters: $1 = \'{"it\'\'s": "~ $3 = NULL"}\', $2 = NULL',
    '~conveyor_order~41~LOG:  execute name-1: COMMIT',
    '~conveyor_order~41~ERROR:  it is too late',
    '',
  ].join('\n');
  const order = { role: 'conveyor_order', connection: 41 };
  deepStrictEqual(parseLog(log), [
    { ...order, text: 'BEGIN', parameters: [] },
    {
      ...order,
      text: 'insert into events (data) values ($1, $2)',
      parameters: [`'{"it''s": "~ $3 = NULL"}'`, 'NULL'],
    },
    { ...order, text: 'COMMIT', parameters: [] },
  ]);
});
