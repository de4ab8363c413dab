import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

/** Every living process of this machine; zombies, which some init processes never reap, are not among them. */
export async function processes(): Promise<ProcessRow[]> {
  // Slim containers have no `ps`, macOS has no /proc.
  const rows = process.platform === 'linux' ? await fromProc() : await fromPs();
  return rows.filter((row) => row !== undefined);
}

async function fromProc(): Promise<(ProcessRow | undefined)[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return statusRow(status);
    }),
  );
}

/** One file of /proc/<pid>/status, see proc(5); undefined for a zombie or nothing. */
export function statusRow(status: string): ProcessRow | undefined {
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  if (status === '' || field('State') === 'Z') return undefined;
  return {
    pid: Number(field('Pid')),
    parent: Number(field('PPid')),
    memory: Number(field('VmRSS') ?? 0) * 1024,
  };
}

async function fromPs(): Promise<(ProcessRow | undefined)[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,stat='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.trim().split('\n').map(psRow);
}

/** One line of `ps -o pid=,ppid=,rss=,stat=`; undefined for a zombie. */
export function psRow(line: string): ProcessRow | undefined {
  const [pid, parent, kilobytes, state] = line.trim().split(/\s+/);
  if (state?.startsWith('Z')) return undefined;
  return { pid: Number(pid), parent: Number(parent), memory: Number(kilobytes) * 1024 };
}

/** The process and all that descend from it, whatever group they moved to. */
export function family(pid: number, all: readonly ProcessRow[]): ProcessRow[] {
  const self = all.filter((each) => each.pid === pid);
  const children = all.filter((each) => each.parent === pid && each.pid !== pid);
  return [...self, ...children.flatMap((child) => family(child.pid, all))];
}

/** Those of the pids that are still alive. */
export async function living(pids: readonly number[]): Promise<number[]> {
  const all = await processes();
  return pids.filter((pid) => all.some((each) => each.pid === pid));
}
