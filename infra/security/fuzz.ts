import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { providePython } from '@conveyor/local/python';

const requirements = fileURLToPath(new URL('schemathesis.txt', import.meta.url));
const settings = fileURLToPath(new URL('schemathesis.toml', import.meta.url));

export interface Fuzzing {
  /** Where the gateway answers. */
  readonly url: string;
  readonly adminToken: string;
  /** The same requests for the same seed, as far as the system's answers are the same. */
  readonly seed: number;
  /** Requests of each operation and phase, at most. */
  readonly maxExamples: number;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What a run said, and whether it found nothing. */
export interface Fuzzed {
  readonly passed: boolean;
  readonly output: string;
}

/**
 * Lets Schemathesis call every operation of `/openapi.json`, with requests that fit it and with ones that do not, and
 * holds every answer against it: no 5xx, no status, media type or body that is not described, nothing accepted that the
 * description forbids.
 */
export async function fuzz({ url, adminToken, seed, maxExamples, log, signal }: Fuzzing): Promise<Fuzzed> {
  const bin = await providePython(requirements, log);
  const child = spawn(
    // By the interpreter: the script in `bin` names the folder in which the environment was made.
    join(bin, 'python'),
    [
      ...['-m', 'schemathesis.cli', '--config-file', settings, 'run', `${url}/openapi.json`],
      ...['--header', `Authorization: Bearer ${adminToken}`],
      ...['--seed', String(seed), '--max-examples', String(maxExamples)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', COLUMNS: '140' }, signal },
  );
  const ended = once(child, 'close') as Promise<[code: number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { passed: code === 0, output: output + errors };
}
