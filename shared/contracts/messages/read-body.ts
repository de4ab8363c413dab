import { Compile, type Validator } from 'typebox/compile';
import { type FieldProblem, firstProblem } from '../problem.ts';
import { isMessageType, type MessageData, type MessageType, messages } from './registry.ts';

/** Why a message cannot be understood. Repeating it changes nothing, so it belongs into the dead letters at once. */
export type Unreadable = {
  readonly code: 'not-json' | 'unknown-type' | 'unknown-version' | 'invalid-body';
  readonly detail: string;
  /** Of an `invalid-body`: the first field that is wrong. */
  readonly problem?: FieldProblem;
};

const validators = new Map<MessageType, Validator>();

function validatorOf(type: MessageType): Validator {
  const known = validators.get(type);
  if (known) return known;
  const compiled = Compile(messages[type].data) as unknown as Validator;
  validators.set(type, compiled);
  return compiled;
}

/**
 * Reads a body by the version that its `dataschema` names, never by trial. Fields that are not in the
 * schema are let through: a newer writer may have added them (the tolerant reader).
 */
export function readBody<Type extends MessageType>(
  type: Type | string,
  dataschema: string,
  body: Buffer,
): { readonly data: MessageData<Type> } | Unreadable {
  if (!isMessageType(type)) return { code: 'unknown-type', detail: `no message is called ${type}` };
  const version = /^urn:conveyor:(?<type>[a-z.-]+):(?<version>\d+)$/.exec(dataschema)?.groups;
  if (version?.['type'] !== type) {
    return { code: 'unknown-version', detail: `dataschema ${dataschema} is not one of ${type}` };
  }
  if (Number(version['version']) !== messages[type].version) {
    return { code: 'unknown-version', detail: `${type} has no version ${version['version']} here` };
  }
  let data: unknown;
  try {
    data = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return { code: 'not-json', detail: error instanceof Error ? error.message : String(error) };
  }
  const validator = validatorOf(type);
  if (validator.Check(data)) return { data: data as MessageData<Type> };
  const problem = firstProblem(validator.Errors(data));
  return { code: 'invalid-body', detail: `${problem.field} ${problem.detail}`, problem };
}
