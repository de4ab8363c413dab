import type { DeadLetterList } from '@conveyor/contracts/http';
import type { DeadLetterDesk, LettersQuery } from '@conveyor/service-kit/dead-letters/desk';

/** The UUID in the public id of a letter, `<service>.<uuid>`. */
export function uuidOf({ id }: { readonly id: string }): string {
  return id.slice(id.indexOf('.') + 1);
}

/**
 * A page of the letters of all `desks`, newest first. Each is asked for a whole page after the cursor: no letter
 * that belongs on this page can be missing, wherever it lies.
 *
 * Rejects when one desk does: a list that silently lacks a service would lie.
 */
export async function listAll(
  desks: readonly DeadLetterDesk[],
  query: LettersQuery,
): Promise<DeadLetterList> {
  const lists = await Promise.all(desks.map((desk) => desk.list(query)));
  const letters = lists
    .flatMap(({ deadLetters }) => deadLetters)
    // Ids begin with their time, and one service's sort among those of all others.
    .sort((a, b) => (uuidOf(a) < uuidOf(b) ? 1 : -1));
  const page = letters.slice(0, query.limit);
  const hasMore = letters.length > page.length || lists.some(({ nextCursor }) => nextCursor !== undefined);
  const last = hasMore ? page.at(-1) : undefined;
  return {
    total: lists.reduce((sum, { total }) => sum + total, 0),
    deadLetters: page,
    ...(last && { nextCursor: uuidOf(last) }),
  };
}
