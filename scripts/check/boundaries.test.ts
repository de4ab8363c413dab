import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overlooked } from './boundaries.ts';

test('a source file that was not cruised is overlooked', () => {
  assert.deepEqual(overlooked(['shared/a.ts', 'shared/b.ts'], [{ source: 'shared/a.ts' }]), ['shared/b.ts']);
});

test('modules outside the sources, such as packages, hide no overlooked file', () => {
  const modules = [{ source: 'node_modules/pg/index.js' }, { source: 'fs' }];
  assert.deepEqual(overlooked(['shared/a.ts'], modules), ['shared/a.ts']);
});
