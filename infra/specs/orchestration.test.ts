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

for (const command of undo) {
  test(`${command} undoes something, so it is repeated until it is done`, () => {
    deepStrictEqual(
      obeyedBy(command).map(({ retry }) => retry),
      ['until-done'],
    );
  });
}

test(`after ${pivot.command} nothing is undone any more, so it is repeated until it is done`, () => {
  deepStrictEqual(
    obeyedBy(pivot.command).map(({ retry }) => retry),
    ['until-done'],
  );
});
