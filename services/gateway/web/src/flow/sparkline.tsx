const width = 240;
const height = 44;

/** How many waited, second by second, in the last minute. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(1, ...values);
  const points = values.map((value, n) => {
    const x = width - (values.length - 1 - n) * (width / 59);
    return `${x.toFixed(1)},${(height - 2 - (value / most) * (height - 6)).toFixed(1)}`;
  });
  return (
    <figure className="sparkline">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Waiting in the last minute: at most ${Math.max(0, ...values)}, now ${values.at(-1) ?? 0}`}
      >
        <polyline points={points.join(' ')} />
      </svg>
      <figcaption className="small soft">the last minute, at most {Math.max(0, ...values)}</figcaption>
    </figure>
  );
}
