import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { LoggedStatement } from './parse-log.ts';
import { transactionsOf } from './transactions.ts';

const said = (connection: number, text: string): LoggedStatement => ({
  role: 'conveyor_order',
  connection,
  text,
  parameters: [],
});

test('statements of several connections are told apart, and those without BEGIN stand for themselves', () => {
  const transactions = transactionsOf([
    said(1, 'BEGIN'),
    said(1, 'select 1'),
    said(2, 'delete from outbox'),
    said(1, 'insert into events'),
    said(3, 'begin'),
    said(3, 'select 2'),
    said(1, 'COMMIT'),
    said(3, 'COMMIT'),
    said(2, 'select 3'),
    said(4, 'BEGIN'),
    said(4, 'insert into inbox'),
    said(4, 'ROLLBACK'),
    said(5, 'BEGIN'),
  ]);
  deepStrictEqual(
    transactions.map(({ connection, statements, isExplicit, isCommit }) => [
      connection,
      statements.map(({ text }) => text),
      isExplicit,
      isCommit,
    ]),
    [
      [2, ['delete from outbox'], false, true],
      [1, ['select 1', 'insert into events'], true, true],
      [3, ['select 2'], true, false],
      [2, ['select 3'], false, false],
      [4, ['insert into inbox'], true, false],
    ],
  );
});
