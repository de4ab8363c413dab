import { readVersion, type StatedVersion, type Version } from './versions.ts';

/**
 * BUG: unknown version acknowledged. "A version that I do not know is not for me", so it returns; and returning is
 * acknowledging. All is well until the first producer is upgraded. Then the message is gone, and no log says why.
 */
export async function handleKnownOnly(
  versions: readonly Version<string>[],
  stated: StatedVersion,
  data: unknown,
  handle: (data: unknown) => Promise<void>,
): Promise<void> {
  const read = readVersion(versions, stated, data);
  if ('unknownVersion' in read) return;
  if ('problem' in read) throw new Error(read.problem);
  await handle(read.data);
}
