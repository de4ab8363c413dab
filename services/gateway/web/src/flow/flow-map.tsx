import { useState } from 'react';
import type { History } from './depth-history.ts';
import { boxHeight, boxWidth, type FlowPicture, type Wire } from './flow-layout.ts';
import { FlowPlace } from './flow-place.tsx';

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
    // biome-ignore lint/a11y/noSvgWithoutTitle: the group around it has the name; a title would follow the pointer.
    <svg
      className={hasFocus ? 'flow-map has-focus' : 'flow-map'}
      width={picture.width}
      height={picture.height}
      viewBox={`0 0 ${picture.width} ${picture.height}`}
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
        <FlowPlace
          key={box.key}
          box={box}
          history={history.get(box.node.id) ?? []}
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
