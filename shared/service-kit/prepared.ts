import type pg from 'pg';

const names = new Map<string, string>();

/**
 * A statement that is prepared once per connection, under a name of its own: PostgreSQL then parses and plans it once.
 * So no statement may say `select *`: a column that is added while we run would make it fail.
 */
export function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
  let name = names.get(text);
  if (!name) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return { name, text, values: [...values] };
}
