import type { OrderPage } from '@conveyor/contracts/http';
import { count } from '../parts/formats.ts';

const statuses = ['pending', 'reserved', 'paid', 'completed', 'cancelled'] as const;

interface FacetsProps {
  /** Undefined while they are not known. */
  readonly counts: OrderPage['facets']['status'] | undefined;
  readonly chosen: readonly string[];
  readonly onToggle: (status: string) => void;
}

/** How many orders there are of each state, and which of these are wanted. */
export function Facets({ counts, chosen, onToggle }: FacetsProps) {
  return (
    <fieldset className="facets">
      <legend>State</legend>
      <div className="row">
        {statuses.map((status) => (
          <label key={status} className="choice facet">
            <input type="checkbox" checked={chosen.includes(status)} onChange={() => onToggle(status)} />
            <span>
              {status}
              {counts && ` (${count(counts[status] ?? 0)})`}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
