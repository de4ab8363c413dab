import type { ProjectionStatus } from '@conveyor/contracts/http';
import { distance, type FedLog } from '@conveyor/patterns/cqrs/rebuild';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { isOurs, type ShapedGenerations } from './shaped-generation.ts';

/**
 * How far the generations are, as the log and Elasticsearch tell it: whichever process is asked says the same.
 * `isRebuilding` is true when this one is about to make another.
 */
export async function projectionStatus(
  generations: Pick<ShapedGenerations, 'list'>,
  log: FedLog,
  isRebuilding: boolean,
): Promise<ProjectionStatus> {
  const all = await generations.list();
  const live = all.find((generation) => generation.live);
  const others = all.filter((generation) => !generation.live && generation.fed);
  // What another release has begun is told of only if there is nothing of ours.
  const next = others.findLast(isOurs) ?? others.at(-1);
  const shown = live ?? next;
  if (!shown) throw new InfrastructureFault('no-index', 'There is no index yet');
  const ends = await log.ends();
  const behind = async (name: string) => Number(distance(await log.positions(name), ends));
  const lag = await behind(shown.name);
  if (!next) return { state: isRebuilding ? 'rebuilding' : 'live', lag, index: shown.name };
  const total = Number(distance(new Map(), ends));
  const progress = { index: next.name, done: total - (await behind(next.name)), total };
  return { state: 'rebuilding', lag, index: shown.name, progress };
}
