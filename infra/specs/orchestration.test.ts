import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { orderSaga } from './order-saga.ts';
import { subscriptionsOf } from './subscriptions-of.ts';

const { start, steps, pivot } = orderSaga;
const undo = [start, ...steps].map((step) => step.undo.command);
const commands: readonly string[] = [...steps.map(({ command }) => command), pivot.command, ...undo];

const obeyedBy = (command: string) =>
  Object.entries(subscriptionsOf).flatMap(([service, subscriptions]) =>
    subscriptions
      .filter(({ type, saga }) => type === command && saga !== 'choreography')
      .map((subscription) => ({ service, ...subscription })),
  );

for (const command of commands) {
  test(`${command} is obeyed by the service that it names`, () => {
    deepStrictEqual(
      obeyedBy(command).map(({ service }) => service),
      [command.split('.')[0]],
    );
  });
}

// After the pivot nothing is undone any more: given up, it would leave an order without an end.
for (const command of [...undo, pivot.command]) {
  test(`${command} undoes something or ends the order, so it is repeated until it is done`, () => {
    deepStrictEqual(
      obeyedBy(command).map(({ retry }) => retry),
      ['until-done'],
    );
  });
}
