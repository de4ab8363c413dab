import { isUuid } from '@conveyor/contracts';
import { notFound, type Problem } from '@conveyor/service-kit/problems';

/** The order id that a path names, in the one way it is written in the tables. What is no id names no order: 404. */
export function orderIdOf(id: string): string {
  if (!isUuid(id)) throw unknownOrder();
  return id.toLowerCase();
}

export function unknownOrder(): Problem {
  return notFound('there is no order with this id', '/id');
}
