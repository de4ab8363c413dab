import { fieldProblems } from '@conveyor/contracts';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { badRequest } from './problems.ts';

/**
 * Validates by typebox. Bodies are taken as they are: `"2"` is not a number. The parts that arrive as
 * text (query, path) are converted first.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isText = httpPart !== 'body';
  return (input) => {
    const value = isText ? Value.Convert(schema, Value.Clone(input)) : input;
    if (validator.Check(value)) return { value };
    return { error: badRequest(fieldProblems(validator.Errors(value)), httpPart ?? 'request') };
  };
};
