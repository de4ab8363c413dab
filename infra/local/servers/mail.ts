import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, type ServerDefinition } from '../server.ts';

const main = fileURLToPath(new URL('../../mail/main.ts', import.meta.url));

/** The inbox lives in memory: mails of an earlier run are gone. */
export const mail: ServerDefinition = {
  name: 'mail',
  ports: ['smtp', 'mail'],
  startsWithin: 120_000,
  stopSignal: 'SIGTERM',

  packages: async () => [],
  provision: async () => {},

  prepare: async ({ ports }) => [
    {
      file: process.execPath,
      args: ['--max-semi-space-size=2', main],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOST: '127.0.0.1',
        SMTP_PORT: String(ports.smtp),
        MAIL_PORT: String(ports.mail),
      },
      cwd: join(main, '..'),
      // It runs from the clone, which the servers' user may not reach.
      user: undefined,
    },
  ],

  ready: ({ ports }) => answers(`http://127.0.0.1:${ports.mail}/api/healthz`),
};
