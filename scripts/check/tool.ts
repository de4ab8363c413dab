import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Where the repository is; its tools run from there. */
export const root = join(import.meta.dirname, '../..');

export interface ToolResult {
  readonly code: number | null;
  readonly stdout: string;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/** Runs a program of node_modules/.bin in the folder `cwd` to its end. Rejects only when there is no such program. */
export function runTool(name: string, args: readonly string[], cwd = root): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const colors = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
    const child = spawn(join(root, 'node_modules/.bin', name), args, {
      cwd,
      env: { ...process.env, ...colors },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, output }));
  });
}
