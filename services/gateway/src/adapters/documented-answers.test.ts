import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import {
  getOrderMessage,
  openStream,
  ProblemDetails,
  publicRoutes,
  type Route,
} from '@conveyor/contracts/http';
import { documentedAnswers } from './documented-answers.ts';

const problem = { 'application/problem+json': { schema: ProblemDetails } };

function assertProblems(route: Route, statuses: readonly number[]): void {
  const answers = documentedAnswers(route);
  deepStrictEqual(
    statuses.map((status) => answers[status]?.content),
    statuses.map(() => problem),
    `${route.method} ${route.path}`,
  );
}

test('what is refused before anybody looks which operation it is, every operation answers', () => {
  for (const route of publicRoutes) assertProblems(route, [400, 408, 417, 429, 431]);
});

for (const route of [openStream, getOrderMessage]) {
  test(`${route.path} needs the database: it may be away`, () => assertProblems(route, [503]));
}
