import type { Entry, Timeline } from './timeline.ts';

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan' | 'magenta';
/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

const nameWidth = 22;

/** One line per entry: when, who, what. Times are seconds since `start`, epoch ms. */
export function lineOf(entry: Entry, start: number, paint: Paint): string {
  const seconds = ((Date.parse(entry.at) - start) / 1000).toFixed(3);
  return `${paint('dim', `${seconds.padStart(9)} s`)}  ${printable(happening(entry), paint)}`;
}

interface Happening {
  /** Who, or from where. */
  readonly left: string;
  /** An arrow or a sign, and the rest of the line. */
  readonly right: string;
  readonly style: Style;
}

function happening(entry: Entry): Happening {
  const { kind, service, broker, type = 'a message', attempt = 1, detail } = entry;
  const because = detail ? `: ${detail}` : '';
  switch (kind) {
    case 'published':
      return { left: service, right: `──${type}──▶ ${detail ?? 'away'} (${broker})`, style: 'cyan' };
    case 'received':
      return { left: detail ?? 'somewhere', right: `──${type}──▶ ${service}`, style: 'cyan' };
    case 'handled':
      return { left: service, right: `✓ ${type}${detail ? ` → ${detail}` : ''}`, style: 'green' };
    case 'duplicate':
      return { left: service, right: `= ${type} came again, without effect`, style: 'yellow' };
    case 'retried':
      return { left: service, right: `↻ ${type} failed, try ${attempt} follows${because}`, style: 'yellow' };
    case 'dead-lettered':
      return {
        left: service,
        right: `✗ ${type} is given up after ${attempt} ${attempt === 1 ? 'try' : 'tries'}${because}`,
        style: 'red',
      };
    case 'redriven':
      return { left: service, right: `↺ ${type} is sent once more${because}`, style: 'magenta' };
    case 'state':
      return { left: service, right: `● ${detail ?? 'changed'}`, style: 'bold' };
    case 'projected':
      return { left: service, right: `▤ ${type} can be searched${because}`, style: 'green' };
    case 'delivered':
      return { left: service, right: `✉ delivered${because}`, style: 'green' };
    default:
      return kind satisfies never;
  }
}

function printable({ left, right, style }: Happening, paint: Paint): string {
  return `${plain(left).padStart(nameWidth)} ${paint(style, plain(right))}`;
}

/** A broken message may say anything, also what a terminal would obey. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '·');
}

/** What is still to come, while nothing happens; undefined when that is nothing. */
export function waitingFor({ saga: { state, next } }: Timeline): string | undefined {
  if (next.length === 0) return undefined;
  return `… ${state === 'compensating' ? 'to be undone' : 'still to come'}: ${next.join(', ')}`;
}

/** How it ended; undefined while it goes on. */
export function endOf({ saga: { state, reason, done, next } }: Timeline, paint: Paint): string | undefined {
  if (state === 'done') return paint('green', `Done${done.length > 0 ? `: ${done.join(', ')}` : ''}.`);
  if (state !== 'stuck') return undefined;
  const missing = next.length > 0 ? ` Not done: ${next.join(', ')}.` : '';
  return paint('red', `Stuck: ${plain(reason ?? 'nobody says why')}.${missing}`);
}
