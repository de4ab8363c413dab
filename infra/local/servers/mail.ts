import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, type ServerDefinition } from '../server.ts';

const main = fileURLToPath(new URL('../../mail/main.ts', import.meta.url));

/** The inbox lives in memory, and in files that it does not read again: mails of an earlier run are gone. */
export const mail: ServerDefinition = {
  name: 'mail',
  ports: ['smtp', 'mail'],
  startsWithin: 120_000,
  stopSignal: 'SIGTERM',

  packages: async () => [],
  provision: async () => {},

  async prepare({ ports, dir }) {
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    return [
      {
        file: process.execPath,
        args: ['--max-semi-space-size=2', main],
        env: {
          PATH: process.env['PATH'] ?? '',
          HOST: '127.0.0.1',
          SMTP_PORT: String(ports.smtp),
          MAIL_PORT: String(ports.mail),
          // Where it puts these files; else all stacks of this machine would share one folder.
          TMPDIR: dir,
        },
        cwd: join(main, '..'),
        // It runs from the clone, which the servers' user may not reach.
        user: undefined,
      },
    ];
  },

  ready: ({ ports }) => answers(`http://127.0.0.1:${ports.mail}/api/healthz`),
};
