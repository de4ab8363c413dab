/** `name{label,label}`, labels and names in alphabetical order: as a table and a service's answer can be compared. */
type Signature = string;

const ours = 'conveyor_';
/** Everything has it: the name of the service. And a histogram says by it up to where it counts. */
const everywhere = new Set(['service', 'le']);

/** Of our metrics in Prometheus' text format. Those of which nothing has happened yet have no labels to see, and are left out. */
export function metricsIn(text: string): readonly Signature[] {
  const lines = text.matchAll(/^(?<name>\w+)\{(?<labels>[^}]*)\} /gm);
  const found = [...lines].flatMap(({ groups }) => {
    const name = groups?.['name']?.replace(/_(bucket|sum|count)$/, '') ?? '';
    const labels = [...(groups?.['labels'] ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label ?? '');
    return name.startsWith(ours) ? [signature(name, labels)] : [];
  });
  return [...new Set(found)].sort();
}

/** Of the table in `infra/observability/README.md`: `` | `name` | `label`, `label` | … ``. */
export function metricsOfTable(readme: string): readonly Signature[] {
  const rows = readme.matchAll(/^\| `(?<name>conveyor_\w+)` \|(?<labels>[^|]*)\|/gm);
  return [...rows]
    .map(({ groups }) =>
      signature(
        groups?.['name'] ?? '',
        [...(groups?.['labels'] ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label ?? ''),
      ),
    )
    .sort();
}

function signature(name: string, labels: readonly string[]): Signature {
  return `${name}{${[...new Set(labels)].filter((label) => !everywhere.has(label)).sort()}}`;
}
