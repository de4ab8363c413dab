import { useEffect, useRef } from 'react';
import { count } from '../parts/formats.ts';
import { type Depth, pile, trendOf } from './depth-history.ts';
import { type Box, boxHeight, boxWidth } from './flow-layout.ts';

interface PlaceProps {
  readonly box: Box;
  readonly history: readonly Depth[];
  readonly isNear: boolean;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
  readonly onPoint: (isPointed: boolean) => void;
}

const arrows = { rising: '▲', falling: '▼', steady: '' };

/** A box of the map. Its numbers stand beside the button and not in it: they are part of its name in words already. */
export function FlowPlace({ box, history, isNear, isSelected, onSelect, onPoint }: PlaceProps) {
  const { node, x, y, column, depths } = box;
  const { kind, name, paused } = node;
  const { waiting, delayed, dead } = depths;
  const width = boxWidth[column] ?? 0;
  const group = useRef<SVGGElement>(null);
  // The panel that tells of it takes room from the map.
  useEffect(() => {
    if (isSelected) group.current?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [isSelected]);
  const isPile = (waiting ?? 0) >= pile;
  const trend = trendOf(history);
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
    delayed > 0 && `${delayed} wait for their time`,
    dead > 0 && `${dead} given up`,
    paused && 'paused',
  ].filter(Boolean);
  const classes = [
    'flow-box',
    `is-${kind}`,
    isPile && 'is-pile',
    paused && 'is-paused',
    isNear && 'is-near',
    isSelected && 'is-selected',
  ];
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: there is no button inside of a picture. */}
      <g
        ref={group}
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
      </g>
      {aside.length > 0 && (
        // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a text cannot have the focus.
        <text
          className={dead > 0 ? 'flow-count has-dead' : 'flow-count'}
          x={x + width - 10}
          y={y + boxHeight / 2 + 4}
          textAnchor="end"
          aria-hidden="true"
        >
          {aside.join('  ')}
        </text>
      )}
    </>
  );
}
