import { fieldProblems } from '@conveyor/contracts';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { badRequest } from './problems.ts';

const decimal = /^-?\d+(\.\d+)?$/;

/**
 * Validates by typebox. Bodies are taken as they are: `"2"` is not a number. The parts that arrive as
 * text (query, path, headers) have their numbers read first, if they are written as plain decimals.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isText = httpPart !== 'body';
  return (input) => {
    const value = isText ? withNumbers(schema, input as Readonly<Record<string, unknown>>) : input;
    if (validator.Check(value)) return { value };
    return { error: badRequest(fieldProblems(validator.Errors(value)), httpPart ?? 'request') };
  };
};

function withNumbers(schema: TSchema, input: Readonly<Record<string, unknown>>): object {
  const types = (schema as { readonly properties?: Record<string, { readonly type?: string }> }).properties;
  const entries = Object.entries(input).map(([name, value]) => {
    const isNumber = types?.[name]?.type === 'number' || types?.[name]?.type === 'integer';
    return [name, isNumber && typeof value === 'string' && decimal.test(value) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}
