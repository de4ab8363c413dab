import type { Flow, FlowNode } from '@conveyor/contracts/http';
import { Badge } from '../parts/badge.tsx';
import { count, nameOf } from '../parts/formats.ts';
import { ErrorNotice } from '../parts/notices.tsx';
import { Table } from '../parts/table.tsx';
import { type History, pile, trendOf } from './depth-history.ts';
import { isMeasured } from './depths.ts';
import { layOutFlow, type Shown } from './flow-layout.ts';

interface DepthTableProps {
  readonly flow: Flow;
  readonly shown: Shown;
  readonly history: History;
  readonly onSelect: (id: string) => void;
}

/** Where messages wait, as numbers: the fullest first. The same as the map, for whoever cannot or will not read that. */
export function DepthTable({ flow, shown, history, onSelect }: DepthTableProps) {
  const places = layOutFlow(flow, shown)
    .boxes.filter(({ column, depths }) => column === 2 || (column === 3 && depths.hasLadder))
    .toSorted((a, b) => a.column - b.column || (b.depths.waiting ?? 0) - (a.depths.waiting ?? 0));
  if (places.length === 0) return null;
  return (
    <section className="card is-flush" aria-labelledby="depth-title">
      <h2 id="depth-title">Where messages wait</h2>
      {!isMeasured(flow, shown.broker) && (
        <ErrorNotice
          error={`${nameOf(shown.broker)} does not answer: how many messages wait there is not known.`}
        />
      )}
      <Table
        label="Where messages wait"
        columns={[
          {
            title: shown.broker === 'kafka' ? 'Consumer group' : 'Queue',
            kind: 'row-title',
            cell: ({ node, column }) => (
              <button type="button" className="link" onClick={() => onSelect(node.id)}>
                {column === 2 ? node.name : `${node.name}, all that it failed with`}
              </button>
            ),
          },
          {
            title: 'Waiting',
            kind: 'number',
            cell: ({ depths: { waiting } }) => waiting !== undefined && count(waiting),
          },
          {
            title: 'Wait for their time',
            kind: 'number',
            cell: ({ depths: { hasLadder, delayed } }) => hasLadder && count(delayed),
          },
          {
            title: 'Given up',
            kind: 'number',
            cell: ({ depths: { hasLadder, dead } }) => hasLadder && count(dead),
          },
          {
            title: 'State',
            cell: ({ node, column, depths }) =>
              column === 2 && <State node={node} waiting={depths.waiting} history={history} />,
          },
        ]}
        rows={places}
        keyOf={({ node }) => node.id}
      />
    </section>
  );
}

interface StateProps {
  readonly node: FlowNode;
  readonly waiting: number | undefined;
  readonly history: History;
}

function State({ node, waiting, history }: StateProps) {
  if (node.paused) return <Badge tone="warn">‖ paused</Badge>;
  if (waiting === undefined) return <Badge tone="calm">not measured</Badge>;
  if (waiting < pile) return <Badge tone="calm">keeps up</Badge>;
  return <Badge tone="warn">piling up, {trendOf(history.get(node.id) ?? [])}</Badge>;
}
