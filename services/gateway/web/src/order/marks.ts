import { type Happening, wordsOf } from './happening.ts';
import type { Placed, Point } from './placed-happening.ts';

type MarkKind = Exclude<Happening['kind'], 'published' | 'received' | 'handled'> | 'attempt';

/** Something that happened at one place. */
export interface Mark extends Point {
  readonly key: string;
  readonly kind: MarkKind;
  readonly text: string;
  /** All of it, in words. */
  readonly title: string;
}

/** What is worth a mark of its own; a message that goes well is told by its arrow. */
export function markOf({ happening, n, x, y }: Placed): readonly Mark[] {
  const { kind, attempt = 1, detail } = happening;
  const mark = (as: MarkKind, text: string) => [
    { key: `${kind} ${n}`, kind: as, text, title: `${happening.service} ${wordsOf(happening)}`, x, y },
  ];
  switch (kind) {
    case 'published':
    case 'handled':
      return [];
    case 'received':
      return attempt > 1 ? mark('attempt', `try ${attempt}`) : [];
    case 'duplicate':
      return mark(kind, 'again: no effect');
    case 'retried':
      return mark(kind, `failed, try ${attempt} follows`);
    case 'dead-lettered':
      return mark(kind, 'given up');
    case 'redriven':
      return mark(kind, 'sent once more');
    case 'projected':
      return mark(kind, 'can be searched');
    case 'delivered':
      return mark(kind, detail ? `delivered: ${detail}` : 'delivered');
    case 'state':
      return mark(kind, detail ?? 'changed');
    default:
      return kind satisfies never;
  }
}
