import { ensureInstalled, findProgram, type SystemPackage } from './system-packages.ts';

const find = () => findProgram('chromium', ['/Applications/Chromium.app/Contents/MacOS/Chromium']);

const chromium: SystemPackage = {
  what: 'Chromium (the tests of the console look at it)',
  apt: ['chromium'],
  brew: 'chromium',
  present: async () => (await find()) !== undefined,
};

/** The path of a browser for tests; installed first if there is none. */
export async function provideChromium(log: (line: string) => void): Promise<string> {
  await ensureInstalled([chromium], { log });
  const path = await find();
  if (path === undefined) throw new Error('Chromium was installed, but is not on the PATH');
  return path;
}
