import assert from 'node:assert/strict';
import { test } from 'node:test';
import { derivedMessageId, isUuid, newMessageId } from './envelope.ts';

test('message ids are UUIDs, in small or capital letters; other text is none', () => {
  const id = newMessageId();
  for (const uuid of [id, id.toUpperCase(), derivedMessageId(id, 'a name')]) assert.ok(isUuid(uuid), uuid);
  for (const text of ['', 'm-1', `${id}0`, ` ${id}`, `${id}\n`, id.replaceAll('-', ''), `g${id.slice(1)}`]) {
    assert.equal(isUuid(text), false, JSON.stringify(text));
  }
});
