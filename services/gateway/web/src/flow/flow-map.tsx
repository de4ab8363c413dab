import { useState } from 'react';
import { count } from '../parts/formats.ts';
import { type History, pile, trendOf } from './depth-history.ts';
import { type Box, boxHeight, boxWidth, type FlowPicture, type Wire } from './flow-layout.ts';

interface FlowMapProps {
  readonly picture: FlowPicture;
  readonly history: History;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

/** The graph as lines and boxes. Whatever is looked at shows its ways, and the others step back. */
export function FlowMap({ picture, history, selected, onSelect }: FlowMapProps) {
  const [pointed, setPointed] = useState<string>();
  const focus = pointed ?? selected;
  const isNear = ({ from, to }: Wire) => from.node.id === focus || to.node.id === focus;
  const near = new Set(picture.wires.filter(isNear).flatMap(({ from, to }) => [from.key, to.key]));
  const hasFocus = focus !== undefined && near.size > 0;
  return (
    <svg
      className={hasFocus ? 'flow-map has-focus' : 'flow-map'}
      width={picture.width}
      height={picture.height}
      viewBox={`0 0 ${picture.width} ${picture.height}`}
      role="group"
      aria-label="Who sends what where, and who takes it"
    >
      {picture.columns.map(({ title, x }) => (
        <text key={title} className="flow-title" x={x} y={20}>
          {title}
        </text>
      ))}
      {picture.wires.map((wire) => (
        <path key={wire.key} className={isNear(wire) ? 'flow-wire is-near' : 'flow-wire'} d={curve(wire)} />
      ))}
      {picture.boxes.map((box) => (
        <Place
          key={box.key}
          box={box}
          depths={history.get(box.node.id) ?? []}
          isNear={near.has(box.key)}
          isSelected={box.node.id === selected}
          onSelect={() => onSelect(box.node.id)}
          onPoint={(isPointed) => setPointed(isPointed ? box.node.id : undefined)}
        />
      ))}
    </svg>
  );
}

function curve({ from, to }: Wire): string {
  const x1 = from.x + (boxWidth[from.column] ?? 0);
  const y1 = from.y + boxHeight / 2;
  const y2 = to.y + boxHeight / 2;
  const middle = (x1 + to.x) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}`;
}

interface PlaceProps {
  readonly box: Box;
  readonly depths: readonly number[];
  readonly isNear: boolean;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
  readonly onPoint: (isPointed: boolean) => void;
}

const arrows = { rising: '▲', falling: '▼', steady: '' };

function Place({ box, depths, isNear, isSelected, onSelect, onPoint }: PlaceProps) {
  const { node, x, y, column, delayed, dead } = box;
  const { kind, name, waiting, paused } = node;
  const width = boxWidth[column] ?? 0;
  const isPile = (waiting ?? 0) >= pile;
  const trend = trendOf(depths);
  const aside = [
    paused && '‖',
    delayed > 0 && `◷${count(delayed)}`,
    dead > 0 && `✕${count(dead)}`,
    waiting !== undefined && waiting > 0 && `${arrows[trend]}${count(waiting)}`,
  ].filter(Boolean);
  const told = [
    `${kind} ${name}`,
    waiting !== undefined && `${waiting} waiting`,
    isPile && `${trend}, piling up`,
    delayed > 0 && `${delayed} to be tried again`,
    dead > 0 && `${dead} given up`,
    paused && 'paused',
  ].filter(Boolean);
  const classes = [
    'flow-box',
    `is-${kind}`,
    isPile && 'is-pile',
    paused && 'is-paused',
    dead > 0 && 'has-dead',
    isNear && 'is-near',
    isSelected && 'is-selected',
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside of a picture.
    <g
      className={classes.filter(Boolean).join(' ')}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      aria-label={told.join(', ')}
      onClick={onSelect}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onSelect();
      }}
      onPointerEnter={() => onPoint(true)}
      onPointerLeave={() => onPoint(false)}
      onFocus={() => onPoint(true)}
      onBlur={() => onPoint(false)}
    >
      <rect x={x} y={y} width={width} height={boxHeight} rx={kind === 'service' ? 17 : 5} />
      <text x={x + 12} y={y + boxHeight / 2 + 4}>
        {name}
      </text>
      {aside.length > 0 && (
        <text className="flow-count" x={x + width - 10} y={y + boxHeight / 2 + 4} textAnchor="end">
          {aside.join('  ')}
        </text>
      )}
    </g>
  );
}
