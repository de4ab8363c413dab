import { duration, nameOf } from '../parts/formats.ts';
import { type Diagram, headHeight, laneWidth } from './diagram-layout.ts';
import type { Arrow, Sending } from './sendings.ts';
import './sequence-diagram.css';

interface SequenceDiagramProps {
  readonly diagram: Diagram;
  readonly selected: string | undefined;
  readonly onSelect: (messageId: string) => void;
}

const signs = {
  attempt: '▷',
  duplicate: '=',
  retried: '↻',
  'dead-lettered': '✕',
  redriven: '↺',
  state: '●',
  projected: '▤',
  delivered: '✉',
} as const;

/** The life of an order: a lane for each service, time from top to bottom, an arrow for each message. */
export function SequenceDiagram({ diagram, selected, onSelect }: SequenceDiagramProps) {
  const { width, height, lanes, ticks, sendings, works, marks, coming, end } = diagram;
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: the group around it has the name; a title would follow the pointer.
    <svg className="sequence" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <defs>
        {['kafka', 'rabbitmq', 'undefined'].map((broker) => (
          <marker
            key={broker}
            id={`head-${broker}`}
            className={`is-${broker}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        ))}
      </defs>
      {lanes.map(({ service, x }) => (
        <g key={service} className="sequence-lane">
          <line x1={x} x2={x} y1={headHeight - 8} y2={height - 8} />
          <rect x={x - laneWidth / 2 + 14} y={10} width={laneWidth - 28} height={36} rx={6} />
          <text x={x} y={33} textAnchor="middle">
            {service}
          </text>
        </g>
      ))}
      {ticks.map(({ y, ms, pauseMs }) => (
        <g key={y} className="sequence-tick">
          <text x={72} y={y + 4} textAnchor="end">
            {ms === 0 ? '0' : `+${duration(ms)}`}
          </text>
          {pauseMs !== undefined && (
            <text x={72} y={y - 14} textAnchor="end" className="is-pause">
              ⋮ {duration(pauseMs)}
            </text>
          )}
          <line x1={78} x2={84} y1={y} y2={y} />
        </g>
      ))}
      {works.map(({ key, x, top, bottom }) => (
        <rect
          key={key}
          className="sequence-work"
          x={x - 5}
          y={top - 3}
          width={10}
          height={bottom - top + 6}
          rx={3}
        />
      ))}
      {sendings.map((sending) => (
        <Message
          key={sending.key}
          sending={sending}
          isSelected={sending.messageId !== undefined && sending.messageId === selected}
          onSelect={onSelect}
        />
      ))}
      {marks.map(({ key, kind, text, title, x, y }) => (
        <g key={key} className={`sequence-mark is-${kind}`}>
          <title>{title}</title>
          <circle cx={x} cy={y} r={8} />
          <text x={x} y={y + 4} textAnchor="middle" className="sequence-sign">
            {signs[kind]}
          </text>
          <text x={x + 13} y={y + 4} className="sequence-words">
            {shortened(text, 28)}
          </text>
        </g>
      ))}
      {coming.length > 0 && (
        <g className="sequence-coming">
          <line x1={84} x2={width - 12} y1={end} y2={end} />
          <text x={72} y={end + 4} textAnchor="end">
            to come
          </text>
          {coming.map(({ step, x, y }) => (
            <g key={step}>
              <rect x={x - 70} y={y - 13} width={140} height={26} rx={13} />
              <text x={x} y={y + 4} textAnchor="middle">
                {step}
              </text>
            </g>
          ))}
        </g>
      )}
    </svg>
  );
}

interface MessageProps {
  readonly sending: Sending;
  readonly isSelected: boolean;
  readonly onSelect: (messageId: string) => void;
}

function Message({ sending, isSelected, onSelect }: MessageProps) {
  const { messageId, type, broker, from, service, isUndo, isWaitedForNoMore, arrows, side } = sending;
  const select = () => messageId && onSelect(messageId);
  const alone = isWaitedForNoMore ? ', has reached nobody in this picture' : ', not received yet';
  const to = arrows.length === 0 ? alone : '';
  const sign = side === 'left' ? -1 : 1;
  const classes = ['sequence-message', `is-${broker}`, isUndo && 'is-undo', isSelected && 'is-selected'];
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside of a picture.
    <g
      className={classes.filter(Boolean).join(' ')}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      aria-label={`${type} from ${service}${broker ? `, by ${nameOf(broker)}` : ''}${isUndo ? ', undoes something' : ''}${to}`}
      onClick={select}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        select();
      }}
    >
      {arrows.map((arrow) => (
        <g key={arrow.key}>
          <path className="sequence-hit" d={pathOf(arrow)} />
          <path className="sequence-arrow" d={pathOf(arrow)} markerEnd={`url(#head-${broker})`} />
        </g>
      ))}
      {arrows.length === 0 && (
        <path
          className={`sequence-arrow ${isWaitedForNoMore ? 'is-left' : 'is-waiting'}`}
          d={`M${from.x} ${from.y}h${40 * sign}`}
          markerEnd={`url(#head-${broker})`}
        />
      )}
      <circle className="sequence-start" cx={from.x} cy={from.y} r={4} />
      <text x={from.x + 12 * sign} y={from.y - 5} textAnchor={side === 'left' ? 'end' : 'start'}>
        {isUndo ? '↩ ' : ''}
        {type}
      </text>
    </g>
  );
}

/** A straight line, or a bow where a service sends something to itself. */
function pathOf({ from, to }: Arrow): string {
  if (from.x !== to.x) return `M${from.x} ${from.y}L${to.x + (to.x > from.x ? -7 : 7)} ${to.y}`;
  const out = from.x + 46;
  return `M${from.x} ${from.y}C${out} ${from.y} ${out} ${to.y} ${to.x + 7} ${to.y}`;
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
