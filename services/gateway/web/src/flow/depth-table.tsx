import type { Flow } from '@conveyor/contracts/http';
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
    .boxes.filter(({ column, depths }) => column === 2 || (column === 3 && depths.hasLadder))
    .toSorted((a, b) => a.column - b.column || (b.depths.waiting ?? 0) - (a.depths.waiting ?? 0));
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
                Wait for their time
              </th>
              <th scope="col" className="number">
                Given up
              </th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {places.map(({ node, column, depths: { waiting, delayed, dead, hasLadder } }) => (
              <tr key={node.id}>
                <th scope="row">
                  <button type="button" className="link" onClick={() => onSelect(node.id)}>
                    {column === 2 ? node.name : `${node.name}, all that it failed with`}
                  </button>
                </th>
                <td className="number">{waiting !== undefined && count(waiting)}</td>
                <td className="number">{hasLadder ? count(delayed) : ''}</td>
                <td className="number">{hasLadder ? count(dead) : ''}</td>
                <td>
                  {column !== 2 ? null : node.paused ? (
                    <Badge tone="warn">‖ paused</Badge>
                  ) : (waiting ?? 0) >= pile ? (
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
