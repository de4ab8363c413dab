import { hrefOf } from '../routing/route.ts';

type Names = readonly { readonly number: string; readonly name: string }[];

/**
 * Where a link of a README leads on this page: `../06-dead-letter-queue/README.md` to that chapter, an address of the web to
 * itself, and a file of the repository nowhere.
 */
export function chapterHref(href: string, patterns: Names): string | undefined {
  if (/^https?:\/\//.test(href)) return href;
  const [, number, name] = /(?:^|\/)(\d\d[a-z]?)-([a-z-]+)(?:\/|\/README\.md)?(?:#.*)?$/.exec(href) ?? [];
  const chapter = patterns.find((pattern) => pattern.number === number && pattern.name === name);
  return chapter && hrefOf('patterns', chapter.name);
}
