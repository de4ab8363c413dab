import { isReadable, readVersion, statedVersion } from '@conveyor/patterns/schema-versioning/versions';
import type { FieldProblem } from '../problem.ts';
import { isMessageType, type MessageData, type MessageType, schemaName } from './registry.ts';
import { versionsOf } from './versions.ts';

/** Why a message cannot be understood. Repeating it changes nothing, so it belongs into the dead letters at once. */
export type Unreadable = {
  readonly code: 'not-json' | 'unknown-type' | 'unknown-version' | 'invalid-body';
  readonly detail: string;
  /** Of an `invalid-body`: the first field that is wrong. */
  readonly problem?: FieldProblem;
};

/**
 * Reads a body by the version that its `dataschema` names, never by trial, and returns it in the version that is written
 * today. Older ones are brought up; a newer one is taken only if its writer says in `readableby` that it may be. Fields
 * that are not in the schema are let through: a newer writer may have added them (the tolerant reader).
 */
export function readBody<Type extends MessageType>(
  type: Type | string,
  dataschema: string,
  body: Buffer,
  readableby?: string,
): { readonly data: MessageData<Type> } | Unreadable {
  if (!isMessageType(type)) return { code: 'unknown-type', detail: `no message is called ${type}` };
  const stated = statedVersion(schemaName(type), { dataschema, ...(readableby && { readableby }) });
  if (!stated) return { code: 'unknown-version', detail: `dataschema ${dataschema} is not one of ${type}` };
  const versions = versionsOf(type);
  const unknownVersion = {
    code: 'unknown-version',
    detail: `${type} has no version ${stated.version} here`,
  } as const;
  // Before the body is looked at: a version from the future need not even be JSON.
  if (!isReadable(versions, stated)) return unknownVersion;
  let data: unknown;
  try {
    data = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return { code: 'not-json', detail: error instanceof Error ? error.message : String(error) };
  }
  const read = readVersion(versions, stated, data);
  if ('data' in read) return { data: read.data as MessageData<Type> };
  if ('unknownVersion' in read) return unknownVersion;
  const { problem } = read;
  return { code: 'invalid-body', detail: `${problem.field} ${problem.detail}`, problem };
}
