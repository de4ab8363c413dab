// npm run release-schemas: writes down every version of a message that has not been released as it is today, in
// shared/contracts/released: its JSON Schema, and messages of it as they travel. What is there is never touched, not even by a byte.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageTypes } from '../shared/contracts/messages/registry.ts';
import { releaseOf } from './release/release.ts';
import { releasedFolder } from './release/released.ts';

let written = 0;
for (const type of messageTypes) {
  for (const [name, text] of Object.entries(releaseOf(type))) {
    const file = join(releasedFolder, name);
    await mkdir(dirname(file), { recursive: true });
    // What was cut off in the middle is written again; a schema, which comes last, is never touched once it is there.
    await writeFile(file, text, { flag: name.endsWith('.schema.json') ? 'wx' : 'w' });
    written += 1;
    console.log(`released ${name}`);
  }
}
if (written === 0) console.log('Nothing new: all that is written today has been released as it is.');
