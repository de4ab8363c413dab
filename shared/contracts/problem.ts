import type { TLocalizedValidationError } from 'typebox/error';

/** One wrong field of an input. `pointer` is a JSON pointer, `field` the same for people: `items[0].quantity`. */
export interface FieldProblem {
  readonly field: string;
  readonly pointer: string;
  readonly detail: string;
}

/** Turns typebox's errors into one entry per wrong field, naming a missing or unknown field itself and not its parent. */
export function fieldProblems(errors: readonly TLocalizedValidationError[]): FieldProblem[] {
  const problems = errors.filter((error) => error.keyword !== 'boolean').flatMap(toProblems);
  const seen = new Set<string>();
  return problems.filter(({ pointer }) => !seen.has(pointer) && seen.add(pointer));
}

export function firstProblem(errors: readonly TLocalizedValidationError[]): FieldProblem {
  return fieldProblems(errors)[0] ?? { field: '', pointer: '#', detail: 'is not valid' };
}

/** The same shape for a rule that no schema can express. `path` as in a JSON pointer, without `#`. */
export function fieldProblem(path: string, detail: string): FieldProblem {
  return { field: readable(path), pointer: `#${path}`, detail };
}

function toProblems(error: TLocalizedValidationError): FieldProblem[] {
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((name) =>
      fieldProblem(`${error.instancePath}/${name}`, 'is required'),
    );
  }
  if (error.keyword === 'additionalProperties') {
    return error.params.additionalProperties.map((name) =>
      fieldProblem(`${error.instancePath}/${name}`, 'is not a known field'),
    );
  }
  if (error.keyword === 'enum') {
    return [fieldProblem(error.instancePath, `must be one of ${error.params.allowedValues.join(', ')}`)];
  }
  return [fieldProblem(error.instancePath, error.message)];
}

function readable(path: string): string {
  return path
    .slice(1)
    .split('/')
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
