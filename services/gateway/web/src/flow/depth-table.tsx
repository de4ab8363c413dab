import type { Flow } from '../api/flow.ts';
import { Badge } from '../parts/badge.tsx';
import { count } from '../parts/formats.ts';
import { ScrollX } from '../parts/scroll-x.tsx';
import { type History, pile, trendOf } from './depth-history.ts';
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
    .boxes.filter(({ column }) => column === 2)
    .toSorted((a, b) => (b.node.waiting ?? 0) - (a.node.waiting ?? 0) || b.dead - a.dead);
  if (places.length === 0) return null;
  return (
    <section className="card is-flush" aria-labelledby="depth-title">
      <h2 id="depth-title">Where messages wait</h2>
      <ScrollX label="Where messages wait">
        <table>
          <thead>
            <tr>
              <th scope="col">{shown.broker === 'kafka' ? 'Consumer group' : 'Queue'}</th>
              <th scope="col" className="number">
                Waiting
              </th>
              <th scope="col" className="number">
                To be tried again
              </th>
              <th scope="col" className="number">
                Given up
              </th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {places.map(({ node, delayed, dead, hasLadder }) => (
              <tr key={node.id}>
                <th scope="row">
                  <button type="button" className="link" onClick={() => onSelect(node.id)}>
                    {node.name}
                  </button>
                </th>
                <td className="number">{node.waiting === undefined ? '?' : count(node.waiting)}</td>
                <td className="number">{hasLadder ? count(delayed) : ''}</td>
                <td className="number">{hasLadder ? count(dead) : ''}</td>
                <td>
                  {node.paused ? (
                    <Badge tone="warn">‖ paused</Badge>
                  ) : (node.waiting ?? 0) >= pile ? (
                    <Badge tone="warn">piling up, {trendOf(history.get(node.id) ?? [])}</Badge>
                  ) : (
                    <Badge tone="calm">keeps up</Badge>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}
