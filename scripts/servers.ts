// The servers alone, in the foreground, for work on a service or a chapter: their URLs are printed
// as variables, ready for a shell.
import { portsFrom, startServers, toolEnv } from '../infra/local/stack.ts';

const ports = portsFrom(process.env);
const servers = await startServers({ dir: '.local/dev-servers', ports, log: (line) => console.error(line) });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void servers.stop().then(() => process.exit(0)));
}
for (const [name, value] of Object.entries(toolEnv(ports))) console.log(`export ${name}=${value}`);
