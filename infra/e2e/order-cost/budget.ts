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

/** What costs more than a tenth over its budget, each in words: the combination, the service and the figure. */
export function overruns(budget: Budget, measured: Budget): readonly string[] {
  return Object.entries(measured).flatMap(([combination, services]) =>
    Object.entries(services).flatMap(([service, cost]) =>
      figures.flatMap((figure) => {
        const allowed = budget[combination]?.[service]?.[figure] ?? 0;
        return cost[figure] > allowed * (1 + tolerance)
          ? [`${combination}: ${service} takes ${cost[figure]} ${inWords(figure)}, not ${allowed}`]
          : [];
      }),
    ),
  );
}

/** `kafkaBytes`: `kafka bytes`. */
export function inWords(figure: keyof Cost): string {
  return figure.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
