import assert from 'node:assert/strict';
import { test } from 'node:test';
import { majorOf } from './java.ts';

test('the major version is read from what `java -version` prints', () => {
  assert.equal(majorOf('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment'), 17);
  assert.equal(majorOf('openjdk version "25" 2025-09-16'), 25);
  assert.equal(majorOf('java version "1.8.0_392"'), 8);
  assert.equal(majorOf('No Java runtime present, requesting install.'), undefined);
});
