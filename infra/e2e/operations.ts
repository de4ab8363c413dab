import type { System } from './system.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
}

/** An operation of the system as `/openapi.json` describes it. */
export interface Operation {
  readonly method: string;
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly isProtected: boolean;
  readonly hasBody: boolean;
  readonly parameters: readonly Parameter[];
}

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly security?: readonly object[];
            readonly requestBody?: object;
            readonly parameters?: readonly Parameter[];
          }
        >
      >
    >
  >;
}

/** All that there are. */
export async function operationsOf(system: System): Promise<readonly Operation[]> {
  const { body } = await system.call<OpenApi>('GET', '/openapi.json');
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [], requestBody, parameters = [] }]) => ({
      method: method.toUpperCase(),
      path,
      isProtected: security.length > 0,
      hasBody: requestBody !== undefined,
      parameters,
    })),
  );
}

export const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

/** The path with `values` in the place of its parameters; a UUID, which nothing has, where none is given. */
export function pathOf({ path }: Operation, values: Readonly<Record<string, string>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent((values[name] ?? '01999999-9999-7999-8999-999999999999').toWellFormed()),
  );
}

/** The address of `operation` with this value for one of its parameters. Not every text can be the value of a header. */
export function requestWith(
  operation: Operation,
  { name, in: place }: Parameter,
  value: string,
): { readonly path: string; readonly headers: Readonly<Record<string, string>> } | 'cannot be written' {
  const path = pathOf(operation, { [name]: value });
  if (place === 'path') return { path, headers: {} };
  if (place === 'query') {
    return { path: `${path}?${name}=${encodeURIComponent(value.toWellFormed())}`, headers: {} };
  }
  try {
    new Headers({ [name]: value });
    return { path, headers: { [name]: value } };
  } catch {
    return 'cannot be written';
  }
}
