import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chapterNamed } from '../rooms/chapter-folders.ts';
import { roomFindings } from './rooms.ts';

/** A copy of a chapter that has all its rooms, to be damaged. */
function copyOf(t: TestContext) {
  const chapter = chapterNamed('12') ?? assert.fail('there is no chapter 12');
  const folder = join(mkdtempSync(join(tmpdir(), 'rooms-')), '12-at-least-once');
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(chapter.folder, folder, { recursive: true });
  const edit = (name: string, change: (text: string) => string) =>
    writeFileSync(join(folder, name), change(readFileSync(join(folder, name), 'utf8')));
  // Links lead to other folders, which were not copied.
  const findings = () => roomFindings([{ ...chapter, folder }]).filter((each) => !/links to \.\./.test(each));
  return { folder, edit, findings };
}

test('every chapter has the same rooms', () => {
  assert.deepEqual(roomFindings(), []);
});

test('a missing room, a long hello, a missing part, a wrong order and a symbol that is not there are found', (t) => {
  const { folder, edit, findings } = copyOf(t);
  assert.deepEqual(findings(), []);
  rmSync(join(folder, 'solution.ts'));
  edit('hello.kafka.ts', (text) => `${text}${'// more\n'.repeat(20)}`);
  edit('README.md', (text) =>
    text
      .replace('## The picture', '## Pictures')
      .replace('## Kafka', '## The other one')
      .replace('## Used by', '## x')
      .replace('## When, and when not', '## Used by')
      .replace('## x', '## When, and when not')
      .concat('See `nobody` in [at-least-once.ts](at-least-once.ts) and [that](nowhere.ts).'),
  );
  const found = findings().join('\n');
  for (const what of [
    'no solution.ts',
    'hello.kafka.ts has',
    'no part "The picture"',
    'no part on Kafka',
    'another order',
    'names nobody',
    'nowhere.ts',
  ]) {
    assert.ok(found.includes(what), `${what} is not among\n${found}`);
  }
});
