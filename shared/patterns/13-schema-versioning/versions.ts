/**
 * Brings a body to the next version. Pure: what was written years ago must read the same whenever it is read again. Its
 * argument has been checked, or was written by this code; so each upcaster names the type that it takes.
 */
export type Upcaster = (data: never) => unknown;

/** One version of a message type. `Problem`: what is wrong with a body, in the words of whoever checks it. */
export interface Version<Problem> {
  /** Undefined: the body fits this version. */
  readonly problemIn: (data: unknown) => Problem | undefined;
  /** To the next version. The newest has none, or has one that this reader does not use yet. */
  readonly upcast?: Upcaster;
}

/** What a message says about its body. */
export interface StatedVersion {
  readonly version: number;
  /** The oldest version whose readers can read it as one of their own, and take it to mean the same. */
  readonly readableBy: number;
}

/** What came of reading a body. `data` is in the newest version that the reader knows, whichever was written. */
export type Read<Problem> =
  | { readonly data: unknown }
  | { readonly unknownVersion: number }
  | { readonly problem: Problem };

/**
 * The version that a message states: `dataschema` is `<name>:<version>`, and `readableby` an older version, if there is one
 * whose readers can read it. Undefined when it is of another name, or none.
 */
export function statedVersion(
  name: string,
  { dataschema = '', readableby = '' }: { readonly dataschema?: string; readonly readableby?: string },
): StatedVersion | undefined {
  if (!dataschema.startsWith(`${name}:`)) return undefined;
  const version = asVersion(dataschema.slice(name.length + 1));
  if (version === undefined) return undefined;
  return { version, readableBy: Math.min(version, asVersion(readableby) ?? version) };
}

function asVersion(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}

/** Whether a body of this version can be read by whoever knows `versions`; told before the body is looked at. */
export function isReadable(versions: readonly unknown[], { readableBy }: StatedVersion): boolean {
  return readableBy <= versions.length;
}

/**
 * Reads `data` by the version that it states, never by trial: a body may fit a version that it was not written in. An
 * older one is checked as what it was and then brought up, version by version. A newer one is read as the newest that is
 * known here if its writer says that this can be done; fields that are not known here are let through, and mean nothing.
 *
 * Any other version is unknown. Such a message must be set aside, not acknowledged: an upgraded reader will understand it.
 *
 * `versions`: version 1 first.
 */
export function readVersion<Problem>(
  versions: readonly Version<Problem>[],
  stated: StatedVersion,
  data: unknown,
): Read<Problem> {
  if (!isReadable(versions, stated)) return { unknownVersion: stated.version };
  const readAs = Math.min(stated.version, versions.length);
  const problem = versions[readAs - 1]?.problemIn(data);
  return problem === undefined ? { data: upcast(versions, readAs, data) } : { problem };
}

/**
 * Brings `data` from version `from` to the newest. `versions`: version 1 first.
 *
 * @throws RangeError when there is no such version.
 */
export function upcast(
  versions: readonly Pick<Version<unknown>, 'upcast'>[],
  from: number,
  data: unknown,
): unknown {
  if (!Number.isInteger(from) || from < 1 || from > versions.length) {
    throw new RangeError(`there is no version ${from}, only 1 to ${versions.length}`);
  }
  const older = versions.slice(from - 1, -1);
  return older.reduce((body, version) => (version.upcast ? version.upcast(body as never) : body), data);
}
