// What runs, where, and how much memory it takes. With a name: the pid of that process alone, as `kill` takes it.
import { type ProcessStatus, statusOf } from '../infra/local/control.ts';
import { controlPath, enterRoot } from '../infra/local/local-stack.ts';

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;

function row({ name, pid, port, up, restarts, memory }: ProcessStatus): string[] {
  return [name, String(pid ?? '-'), String(port), up ? 'up' : 'down', String(restarts), megabytes(memory)];
}

enterRoot();
const [wanted] = process.argv.slice(2);
const status = await statusOf(controlPath);
if (status === undefined) {
  console.error('Nothing is running here: `npm start` starts it.');
  process.exitCode = 1;
} else if (wanted !== undefined) {
  const pid = status.processes.find(({ name }) => name === wanted)?.pid;
  if (pid) console.log(pid);
  else {
    console.error(`No process ${wanted} is running here.`);
    process.exitCode = 1;
  }
} else {
  const total = status.processes.reduce((sum, each) => sum + each.memory, 0);
  const rows = [
    ['name', 'pid', 'port', 'state', 'restarts', 'memory'],
    ...status.processes.map(row),
    ['total', '', '', '', '', megabytes(total)],
  ];
  for (const cells of rows) {
    const [name = '', ...rest] = cells;
    console.log(name.padEnd(15) + rest.map((cell) => cell.padStart(10)).join(''));
  }
  console.log(`\n${status.ready ? status.url : 'being started'} (pid ${status.pid})`);
}
