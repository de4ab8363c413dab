import { cpus, totalmem } from 'node:os';

/** What a report says of where it was measured. */
export function thisMachine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
