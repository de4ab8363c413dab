import type { ProjectBatch } from '@conveyor/patterns/cqrs/batch-projection';
import { InfrastructureFault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { LoggedEvent } from './logged-event.ts';

/**
 * Projects a single event: one that was given up and comes again, or that a batch could do nothing with. `projection`
 * is undefined while nobody knows which generation readers are shown.
 *
 * @throws PermanentFault when one before it is missing: that one must come first.
 */
export async function projectOne(
  projection: ProjectBatch<LoggedEvent> | undefined,
  event: LoggedEvent,
): Promise<void> {
  if (!projection) throw new InfrastructureFault('no-index', 'There is no index to project into yet');
  const { gaps } = await projection([event]);
  if (gaps.length === 0) return;
  throw new PermanentFault('gap', `an event before version ${event.version} of the order is missing`);
}
