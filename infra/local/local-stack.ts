import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// Where `npm start` keeps its stack. Relative on purpose: a socket's name has 104 characters at most,
// and a clone may lie deep.
export const localDir = '.local';
export const controlPath = `${localDir}/stack.sock`;
export const pidPath = `${localDir}/stack.pid`;
export const outputPath = `${localDir}/logs/stack.log`;
const tokenPath = `${localDir}/admin-token`;

/** From now on these paths hold, wherever the command was called. */
export function enterRoot(): void {
  process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
}

export interface AdminToken {
  readonly value: string;
  /** Where it is kept; undefined when ADMIN_TOKEN has given it. */
  readonly file: string | undefined;
}

/** ADMIN_TOKEN, or else one of our own, made once and kept for the owner's eyes only. */
export async function adminToken(): Promise<AdminToken> {
  const given = process.env['ADMIN_TOKEN'];
  if (given) {
    // Whoever reads the file is not to get another one.
    await rm(tokenPath, { force: true });
    return { value: given, file: undefined };
  }
  const kept = await readFile(tokenPath, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  // An empty one, of a disk that was full, would make the demo's public token the one that counts.
  if (kept !== '') return { value: kept, file: tokenPath };
  const made = randomBytes(24).toString('base64url');
  await mkdir(localDir, { recursive: true });
  await writeFile(tokenPath, `${made}\n`, { mode: 0o600 });
  return { value: made, file: tokenPath };
}
