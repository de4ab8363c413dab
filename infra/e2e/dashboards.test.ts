import { deepStrictEqual, ok } from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';

const observability = new URL('../observability/', import.meta.url);
const dashboards = new URL('grafana/dashboards/', observability);

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr?: string; readonly query?: string }[];
  }[];
}

const read = async (file: string) =>
  JSON.parse(await readFile(new URL(file, dashboards), 'utf8')) as Dashboard;

/** The names in a query that are no function, no label and no keyword: what is followed by a bracket, or by nothing. */
function metricsIn(query: string): readonly string[] {
  const withoutLabels = query.replaceAll(/\b(by|without) \([^)]*\)/g, '').replaceAll(/\{[^}]*\}/g, '');
  const names = withoutLabels.match(/[a-z][a-z0-9]*_[a-z0-9_]+(?!\w|\s*\()/g) ?? [];
  return names.map((name) => name.replace(/_bucket$/, ''));
}

test('every query of a dashboard asks for metrics that are in the table', async () => {
  const readme = await readFile(new URL('README.md', observability), 'utf8');
  const known = new Set([...readme.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name));
  const asked = new Set<string>();
  for (const file of await readdir(dashboards)) {
    for (const { title, datasource, targets } of (await read(file)).panels) {
      ok(targets.length > 0, title);
      if (datasource.uid !== 'prometheus') continue;
      for (const { expr = '' } of targets) {
        const names = metricsIn(expr);
        ok(names.length > 0, `${title} asks for nothing: ${expr}`);
        for (const name of names) {
          ok(known.has(name), `${file}, ${title}: ${name} is not in the table`);
          asked.add(name);
        }
      }
    }
  }
  deepStrictEqual([...asked].sort(), [...known].sort(), 'each metric is shown somewhere');
});

test('what is to be woken for asks for metrics that are in the table', async () => {
  const readme = await readFile(new URL('README.md', observability), 'utf8');
  const known = new Set([...readme.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name));
  const conditions =
    readme.slice(readme.indexOf('## What to be woken for')).match(/(?<=^\| )`.*?`(?=[ ,].*\|)/gm) ?? [];
  ok(conditions.length > 5);
  for (const condition of conditions)
    for (const name of metricsIn(condition.replaceAll(/histogram_quantile|`/g, '')))
      ok(known.has(name), `${name} is not in the table`);
});

test('panels ask data sources that are provided', async () => {
  const provided = await readFile(new URL('grafana/datasources.yaml', observability), 'utf8');
  const uids = new Set([...provided.matchAll(/^ {4}uid: (\w+)$/gm)].map(([, uid]) => uid));
  for (const file of await readdir(dashboards))
    for (const { title, datasource } of (await read(file)).panels) ok(uids.has(datasource.uid), title);
});
