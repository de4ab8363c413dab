// npm run release-schemas: writes down every version of a message that has not been released yet, in shared/contracts/released:
// its JSON Schema, and messages of it as they travel. What is there is never touched, not even by a byte.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageTypes } from '../shared/contracts/messages/registry.ts';
import { releaseOf } from './release/release.ts';

const folder = join(import.meta.dirname, '../shared/contracts/released');

/** False: it was there. */
async function writeNew(file: string, text: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

let written = 0;
for (const type of messageTypes) {
  for (const [name, text] of Object.entries(releaseOf(type))) {
    if (!(await writeNew(join(folder, name), text))) continue;
    written += 1;
    console.log(`released ${name}`);
  }
}
if (written === 0) console.log('Nothing new: every version that is written today has been released.');
