import { randomInt } from 'node:crypto';

/**
 * What the random parts of a test file are drawn from: the variable `SEED`, with which a run can be made again, or another number each
 * time. Printed at once, so that it is known whatever becomes of the tests.
 *
 * @throws RangeError when `SEED` is no whole number from 1 on.
 */
export function testSeed(): number {
  const given = process.env['SEED'];
  const seed = given === undefined ? randomInt(1, 1_000_000) : Number(given);
  if (!Number.isSafeInteger(seed) || seed < 1)
    throw new RangeError(`SEED takes a whole number from 1 on, not ${given}`);
  process.stdout.write(`SEED=${seed}\n`);
  return seed;
}
