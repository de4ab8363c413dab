import { fileURLToPath } from 'node:url';
import { type Stack, startChild } from '@conveyor/local/stack';

/** A process that runs until it is told to stop. */
export interface Running {
  stop(): Promise<void>;
}

/** Starts one of the programs beside this file, with all that it must know of the stack. */
export function startWorker(
  { env }: Stack,
  program: URL,
  port: number,
  log: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const { POSTGRES_URL, SANDBOX_URL, SMTP_URL } = env;
  return run(
    process.execPath,
    [fileURLToPath(program)],
    { POSTGRES_URL, SANDBOX_URL, SMTP_URL, PORT: String(port), NODE_ENV: 'production', ...more },
    log,
  );
}

export async function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  log: string,
): Promise<Running> {
  const path = { PATH: process.env['PATH'] ?? '' };
  const child = await startChild(
    { file, args, env: { ...path, ...env }, cwd: process.cwd(), user: undefined },
    log,
  );
  return {
    async stop() {
      child.signal('SIGTERM');
      await child.exited;
    },
  };
}
