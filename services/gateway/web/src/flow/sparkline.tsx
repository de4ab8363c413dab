import { type Depth, keptMs } from './depth-history.ts';

const width = 240;
const height = 44;

/** How many waited in the last minute. */
export function Sparkline({ depths }: { readonly depths: readonly Depth[] }) {
  const most = Math.max(0, ...depths.map(({ waiting }) => waiting));
  const last = depths.at(-1);
  const points = depths.map(({ at, waiting }) => {
    const x = width - (((last?.at ?? at) - at) / keptMs) * width;
    return `${x.toFixed(1)},${(height - 2 - (waiting / Math.max(1, most)) * (height - 6)).toFixed(1)}`;
  });
  return (
    <figure className="sparkline">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Waiting in the last minute: at most ${most}, now ${last?.waiting ?? 0}`}
      >
        <polyline points={points.join(' ')} />
      </svg>
      <figcaption className="small soft">the last minute, at most {most}</figcaption>
    </figure>
  );
}
