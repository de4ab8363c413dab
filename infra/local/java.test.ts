import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { installedHomes, majorOf } from './java.ts';

test('the major version is read from what `java -version` prints', () => {
  assert.equal(majorOf('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment'), 17);
  assert.equal(majorOf('openjdk version "25" 2025-09-16'), 25);
  assert.equal(majorOf('java version "1.8.0_392"'), 8);
  assert.equal(majorOf('No Java runtime present, requesting install.'), undefined);
});

test('a Java is looked for where Debian, Homebrew and macOS put it', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'conveyor-java-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const kegs = ['opt/homebrew/opt/openjdk', 'usr/local/opt/openjdk'].map((keg) => join(root, keg));
  assert.deepEqual(await installedHomes(root), kegs);

  const debian = ['default-java', 'java-17-openjdk-amd64'].map((name) => join(root, 'usr/lib/jvm', name));
  const mac = join(root, 'Library/Java/JavaVirtualMachines/temurin-21.jdk/Contents/Home');
  for (const home of [...debian, mac]) await mkdir(home, { recursive: true });
  assert.deepEqual(await installedHomes(root), [...debian, ...kegs, mac]);
});
