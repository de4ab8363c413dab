import { fileURLToPath } from 'node:url';
import type { Command } from './child.ts';
import type { Ports } from './ports.ts';
import { serviceEnv } from './service-env.ts';
import type { ServiceName } from './services.ts';

/** For every service alike. Small young generations: six services share one laptop. */
const nodeFlags = ['--max-semi-space-size=2'];

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Node keeps here what it made of the code, types stripped: the next start is faster and takes 20 MB less. */
const compileCache = fileURLToPath(new URL('../../.local/compile-cache/', import.meta.url));

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
    // glibc would keep an arena of memory for each of Node's threads.
    env: { NODE_COMPILE_CACHE: compileCache, MALLOC_ARENA_MAX: '2', ...serviceEnv(name, ports, extra) },
    cwd: root,
    user: undefined,
  };
}
