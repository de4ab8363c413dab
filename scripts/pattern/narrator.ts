import type { Fate, Seen, Stage } from '../../shared/patterns/demo.ts';
import type { Paint, Style } from '../follow/story.ts';

/** Texts are broken so that they can be read in a narrow window, too. */
const width = 90;
const whoWidth = 21;
const timeWidth = 11;

const signs: Readonly<Record<Fate, { readonly sign: string; readonly style: Style }>> = {
  sent: { sign: '→', style: 'cyan' },
  waits: { sign: '↻', style: 'yellow' },
  held: { sign: '‖', style: 'yellow' },
  handled: { sign: '✓', style: 'green' },
  'given-up': { sign: '✗', style: 'red' },
  'sent-again': { sign: '↺', style: 'magenta' },
};

/** Tells a run on a terminal, line by line. `now` is in milliseconds. */
export class Narrator implements Pick<Stage, 'say' | 'show' | 'list'> {
  readonly #print: (line: string) => void;
  readonly #paint: Paint;
  readonly #now: () => number;
  #start: number | undefined;
  #lastLine = '';

  constructor(print: (line: string) => void, paint: Paint, now: () => number = () => performance.now()) {
    this.#print = print;
    this.#paint = paint;
    this.#now = now;
  }

  title(text: string): void {
    this.#line(this.#paint('bold', text));
  }

  say(text: string): void {
    this.#line('');
    for (const line of wrapped(text, width)) this.#line(line);
    this.#line('');
  }

  show(fate: Fate, who: string, text: string): void {
    const { sign, style } = signs[fate];
    const now = this.#now();
    this.#start ??= now;
    const time = `${((now - this.#start) / 1000).toFixed(3)} s`.padStart(timeWidth);
    this.#line(
      `${this.#paint('dim', time)}  ${who.padEnd(whoWidth)} ${this.#paint(style, `${sign} ${text}`)}`,
    );
  }

  list(facts: Readonly<Record<string, string>>): void {
    const labelWidth = Math.max(...Object.keys(facts).map((label) => label.length));
    for (const [label, fact] of Object.entries(facts)) {
      this.#line(`${' '.repeat(timeWidth)}  ${this.#paint('dim', label.padEnd(labelWidth))}  ${fact}`);
    }
    this.#line('');
  }

  /** The end of the run. */
  conclude(seen: Seen): void {
    this.#line('');
    this.title('What you saw');
    for (const [what, count] of Object.entries(seen)) {
      this.#line(`${String(count).padStart(timeWidth)}  ${what}`);
    }
  }

  /** Never two empty lines in a row. */
  #line(text: string): void {
    if (text !== '' || this.#lastLine !== '') this.#print(text);
    this.#lastLine = text;
  }
}

/** `text` in lines of at most `columns`, broken between words. Longer words stay whole. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= columns) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines;
}
