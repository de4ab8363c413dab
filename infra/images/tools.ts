// The door of `docker compose run --rm tools <command>`: runs scripts/<command>.ts in its place.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));
const commands = existsSync(scripts)
  ? readdirSync(scripts)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.slice(0, -'.ts'.length))
  : [];
const [command, ...args] = process.argv.slice(2);

if (command !== undefined && commands.includes(command)) {
  // The command takes over this process, and with it the terminal and every signal.
  process.execve?.(process.execPath, [process.execPath, `${scripts}${command}.ts`, ...args]);
}
const known = `Commands: ${commands.length > 0 ? commands.join(', ') : 'none yet'}`;
if (command === undefined || ['help', '--help', '-h'].includes(command)) {
  console.log(`docker compose run --rm tools <command> [arguments]\n${known}`);
} else {
  console.error(`There is no command ${command}.\n${known}`);
  process.exit(2);
}
