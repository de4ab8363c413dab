// Not a test itself: runs the test files that it is handed, all in this one process.
import { pathToFileURL } from 'node:url';

for (const file of JSON.parse(process.env['TEST_FILES'] ?? '[]') as string[]) {
  await import(pathToFileURL(file).href);
}
