// The door of every command: runs on a bare checkout, under any Node from 20 on, with nothing
// installed. It installs when that is needed and hands over to scripts/<command>.ts, which runs in
// the Node 24 of node_modules. `corepack` and a `packageManager` field are left out on purpose: npx
// gets pnpm on every machine.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = join(root, 'node_modules/.bin/node');
const stamp = join(root, 'node_modules/.conveyor-installed');

/** Changes whenever an install would do something else. */
function wanted() {
  const packages = ['services', 'shared', 'infra'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')),
  );
  packages.push('services/gateway/web/package.json');
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages.sort()]) {
    const path = join(root, file);
    hash.update(file).update(existsSync(path) ? readFileSync(path) : '');
  }
  return hash.digest('hex');
}

function isInstalled() {
  return existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();
}

async function install() {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  console.error('Installing the packages of package.json ...');
  const progress = setInterval(() => console.error(`  still installing (${seconds()} s)`), 10_000);
  // CI: pnpm asks no questions.
  const child = spawn('npx', ['-y', 'pnpm@12.21.0', 'install', '--frozen-lockfile'], {
    cwd: root,
    env: { ...process.env, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const { code } = await end(child);
  clearInterval(progress);
  if (code !== 0) {
    console.error(output);
    console.error('The packages could not be installed: see above.');
    process.exit(code);
  }
  writeFileSync(stamp, wanted());
  console.error(`Installed in ${seconds()} s.`);
}

/** The exit code of a child, as a shell would give it. Signals that reach only us are passed on. */
function end(child) {
  const forward = (signal) => child.kill(signal);
  // A terminal's Ctrl-C reaches the child by itself; a second one is harmless.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve({ code: 1 });
    });
    child.once('exit', (code, signal) => {
      for (const each of signals) process.off(each, forward);
      resolve({ code: code ?? 128 + constants.signals[signal] });
    });
  });
}

const [command, ...given] = process.argv.slice(2);
// npm takes the `--` of `npm start -- --detach` away, pnpm leaves it.
const args = given[0] === '--' ? given.slice(1) : given;
const script = join(root, 'scripts', `${command}.ts`);
if (command === undefined || !existsSync(script)) {
  const names = readdirSync(join(root, 'scripts')).filter((name) => name.endsWith('.ts'));
  console.error(`Usage: npm run <command>, one of: ${names.map((name) => name.slice(0, -3)).join(', ')}`);
  process.exit(2);
}
if (!isInstalled()) await install();
const { code } = await end(spawn(node, [script, ...args], { cwd: root, stdio: 'inherit' }));
process.exit(code);
