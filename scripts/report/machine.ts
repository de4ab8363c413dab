import { cpus, totalmem } from 'node:os';

/** What figures are worth little without. */
export function thisMachine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
