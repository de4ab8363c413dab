import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakingChanges } from '../../shared/patterns/13-schema-versioning/breaking-changes.ts';
import type { FieldProblem, JsonSchema } from '../../shared/patterns/13-schema-versioning/obstacles.ts';

/** Every message as it was released. What is in there never changes. */
export const releasedFolder = join(import.meta.dirname, '../../shared/contracts/released');

/**
 * What was released of one version of a message, oldest first, each as the name of its files without their ending: `2`, and
 * `2.1`, `2.2`, … for each time that it had got new fields that may be missing. Empty if it was never released.
 */
export function revisionsOf(type: string, version: number): readonly string[] {
  const names = readdirSync(releasedFolder).includes(type) ? readdirSync(join(releasedFolder, type)) : [];
  const numbers = names.flatMap((name) => {
    const [, of, revision = '0'] = /^(\d+)(?:\.(\d+))?\.schema\.json$/.exec(name) ?? [];
    return Number(of) === version ? [Number(revision)] : [];
  });
  return numbers.toSorted((a, b) => a - b).map((n) => (n === 0 ? `${version}` : `${version}.${n}`));
}

/** The JSON Schema of a body as it was released. */
export function releasedSchema(type: string, revision: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(releasedFolder, type, `${revision}.schema.json`), 'utf8')) as Record<
    string,
    unknown
  >;
}

/** In what a schema has grown since it was released: seen from the other side, what has been added was removed. */
export function growth(released: JsonSchema, today: JsonSchema): readonly FieldProblem[] {
  return breakingChanges(today, released);
}
