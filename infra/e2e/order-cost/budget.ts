import { readFile, writeFile } from 'node:fs/promises';
import { type Cost, figures, type OrderCost } from './cost.ts';

const file = new URL('budget.json', import.meta.url);

/** What an order may cost, by how it is handled. */
export type Budget = Readonly<Record<string, OrderCost>>;

/** A figure may grow by so much before somebody has to say that it is worth it. */
const tolerance = 0.1;

export async function readBudget(): Promise<Budget> {
  return JSON.parse(await readFile(file, 'utf8')) as Budget;
}

export async function recordBudget(measured: Budget): Promise<void> {
  await writeFile(file, `${JSON.stringify(measured, null, 2)}\n`);
}

/**
 * What costs more than a tenth over its budget, each in words: the combination, the service and the figure. And what costs
 * less than half of it: more likely it was not seen than saved.
 */
export function deviations(budget: Budget, measured: Budget): readonly string[] {
  const names = <Value>(of: (costs: Budget) => Readonly<Record<string, Value>> | undefined) => [
    ...new Set([budget, measured].flatMap((costs) => Object.keys(of(costs) ?? {}))),
  ];
  return names((costs) => costs).flatMap((combination) =>
    names((costs) => costs[combination]).flatMap((service) =>
      figures.flatMap((figure) => {
        const allowed = budget[combination]?.[service]?.[figure] ?? 0;
        const seen = measured[combination]?.[service]?.[figure] ?? 0;
        return seen > allowed * (1 + tolerance) || seen < allowed / 2
          ? [`${combination}: ${service} takes ${seen} ${inWords(figure)}, not ${allowed}`]
          : [];
      }),
    ),
  );
}

/** `kafkaBytes`: `kafka bytes`. */
export function inWords(figure: keyof Cost): string {
  return figure.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
