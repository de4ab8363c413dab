import { fileURLToPath } from 'node:url';
import type { Command } from './child.ts';
import type { Ports } from './ports.ts';
import { serviceEnv } from './service-env.ts';
import type { ServiceName } from './services.ts';

/** For every service alike. Small young generations: six services share one laptop. */
const nodeFlags = ['--max-semi-space-size=4'];

const root = fileURLToPath(new URL('../../', import.meta.url));

/** How one service is run, with the Node that runs this. */
export function serviceCommand(
  name: ServiceName,
  ports: Ports,
  extra: Readonly<Record<string, string>>,
  watch: readonly string[] = [],
): Command {
  return {
    file: process.execPath,
    args: [...watch, ...nodeFlags, `services/${name}/src/main.ts`],
    env: serviceEnv(name, ports, extra),
    cwd: root,
    user: undefined,
  };
}
