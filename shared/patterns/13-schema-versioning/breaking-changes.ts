import { type FieldProblem, type JsonSchema, obstacles } from './obstacles.ts';

/**
 * What makes `current` another version than `released`, one entry for each field; nothing when it can go on under the same
 * number. Both are JSON Schemas of a message's body, read tolerantly: what is not in them is let through.
 *
 * Within a version everybody must understand everybody, because nobody knows who is upgraded when, and what was written lies
 * in logs and queues for years. So there are two ways to break it: what was written before is refused from now on, or what is
 * written from now on is refused by readers that are not upgraded yet. A new field that may be missing does neither. A
 * new value of an enum does: it is the same change as a removed one, seen from the other side.
 */
export function breakingChanges(released: JsonSchema, current: JsonSchema): readonly FieldProblem[] {
  const all = [
    ...removedFields(released, current),
    ...because('what was written before is refused', obstacles(released, current)),
    ...because('readers that are not upgraded yet refuse it', obstacles(current, released)),
  ];
  return all.filter(({ field }, n) => n === all.findIndex((other) => other.field === field));
}

/** One that could be missing is no obstacle to anybody: it is lost without a word. */
function removedFields(released: JsonSchema, current: JsonSchema, path = ''): readonly FieldProblem[] {
  const [before, now] = [formsOf(released), formsOf(current)];
  const fields = before.flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([name, former]) => {
      const field = path === '' ? name : `${path}.${name}`;
      const today = now.flatMap(({ properties: its }) => (its?.[name] ? [its[name]] : []));
      return today[0] ? removedFields(former, anyOf(today), field) : [{ field, problem: 'was removed' }];
    }),
  );
  const items = now.flatMap((form) => (form.items ? [form.items] : []));
  const inItems = before.flatMap((form) =>
    form.items && items[0] ? removedFields(form.items, anyOf(items), `${path}[]`) : [],
  );
  return [...fields, ...inItems];
}

/** Itself and its alternatives, however deep: a field of any of them is a field that may come. */
function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(formsOf)];
}

const anyOf = (schemas: readonly JsonSchema[]): JsonSchema => ({ anyOf: schemas });

function because(why: string, problems: readonly FieldProblem[]): readonly FieldProblem[] {
  return problems.map(({ field, problem }) => ({ field, problem: `${why}: ${problem}` }));
}
