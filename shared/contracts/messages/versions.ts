import { upcast, type Version } from '@conveyor/patterns/schema-versioning/versions';
import { Compile, type Validator } from 'typebox/compile';
import { type FieldProblem, firstProblem } from '../problem.ts';
import { isMessageType, type MessageType, messages } from './registry.ts';
import { earlierVersions } from './upcasters.ts';

/** A version of a message type: its JSON Schema, how a body is checked by it, and how it becomes one of the next version. */
interface MessageVersion extends Version<FieldProblem> {
  readonly schema: object;
}

const known = new Map<MessageType, readonly MessageVersion[]>();

/** Every version of `type`, version 1 first; the last one is written today. */
export function versionsOf(type: MessageType): readonly MessageVersion[] {
  const before = known.get(type);
  if (before) return before;
  const versions = [...(earlierVersions[type] ?? []), { schema: messages[type].data }].map((version) => ({
    ...version,
    problemIn: checkedBy(version.schema),
  }));
  known.set(type, versions);
  return versions;
}

/** Compiled when it is needed first: most processes read few of the types. */
function checkedBy(schema: object): (data: unknown) => FieldProblem | undefined {
  let validator: Validator | undefined;
  return (data) => {
    validator ??= Compile(schema) as unknown as Validator;
    return validator.Check(data) ? undefined : firstProblem(validator.Errors(data));
  };
}

/**
 * The data of a stored event, brought to today's version. It is not checked: whoever stored it has done so, and may have
 * left out what only a message has.
 *
 * @throws RangeError when there is no such type, or no such version of it (it was written by a newer release).
 */
export function upcastStored(type: string, version: number, data: unknown): unknown {
  if (!isMessageType(type)) throw new RangeError(`no message is called ${type}`);
  try {
    return upcast(versionsOf(type), version, data);
  } catch (cause) {
    throw new RangeError(`A stored ${type} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
