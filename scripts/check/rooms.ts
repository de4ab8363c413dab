import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Chapter, chapterFolders } from '../rooms/chapter-folders.ts';

/** What each chapter has, in the order in which it is read. */
const rooms = [
  'README.md',
  'hello.rabbitmq.ts',
  'hello.kafka.ts',
  'broken.ts',
  'proof.ts',
  'demo.ts',
  'exercise.test.ts',
  'solution.ts',
] as const;

/** The headings of each README, in their order; another one may come between two. */
const headings = [
  'The problem',
  'The picture',
  'What holds when something fails',
  'When, and when not',
  'Used by',
  'Look for yourself',
  'Proof',
  'Exercise',
] as const;

/** A hello is to be read in one sitting. */
const helloLines = 40;

/** What is not as in every other chapter; nothing when all is well. */
export function roomFindings(chapters: readonly Chapter[] = chapterFolders()): readonly string[] {
  return chapters.flatMap((chapter) => {
    const there = readdirSync(chapter.folder);
    const missing = rooms.filter((room) => !there.includes(room));
    const told = (what: string) => `${chapter.number}-${chapter.name}: ${what}`;
    return [
      ...missing.map((room) => told(`there is no ${room}`)),
      ...(missing.includes('README.md') ? [] : readmeFindings(join(chapter.folder, 'README.md')).map(told)),
      ...there
        .filter((name) => name.startsWith('hello.'))
        .flatMap((name) => helloFindings(chapter, name).map(told)),
    ];
  });
}

function helloFindings({ folder }: Chapter, name: string): readonly string[] {
  const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length;
  return lines > helloLines
    ? [`${name} has ${lines} lines, ${helloLines} are what one reads in one sitting`]
    : [];
}

function readmeFindings(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
  const places = headings.map((heading) => found.findIndex((each) => each.startsWith(heading)));
  const brokers = ['RabbitMQ', 'Kafka'].filter(
    (broker) => !found.some((heading) => heading.includes(broker)),
  );
  const missing = headings.filter((_, n) => places[n] === -1);
  const ordered = places.filter((place) => place !== -1);
  return [
    ...brokers.map((broker) => `README.md has no part on ${broker}`),
    ...missing.map((heading) => `README.md has no part "${heading}"`),
    ...(ordered.some((place, n) => place < (ordered[n - 1] ?? 0))
      ? ['the parts of README.md are in another order']
      : []),
    ...symbolFindings(text, dirname(file)),
  ];
}

/**
 * References are by name: `symbol` in [file.ts](file.ts) must name something that is in the file, and every link must
 * lead somewhere.
 */
function symbolFindings(text: string, folder: string): readonly string[] {
  const findings: string[] = [];
  for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
    if (contentOf(join(folder, link)) === undefined)
      findings.push(`README.md links to ${link}, which is not there`);
  }
  for (const [, symbol = '', link = ''] of text.matchAll(
    /`([A-Za-z_$][\w$]*)`(?:\s*\([^)]*\))?\s+in\s+\[[^\]]+\]\(([^)#]+)\)/g,
  )) {
    const content = contentOf(join(folder, link));
    if (content !== undefined && !new RegExp(`\\b${symbol.replaceAll('$', '\\$')}\\b`).test(content))
      findings.push(`README.md names ${symbol} in ${link}, where it is not`);
  }
  return findings;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // A link to a folder leads somewhere, too.
    return error instanceof Error && 'code' in error && error.code === 'EISDIR' ? '' : undefined;
  }
}
