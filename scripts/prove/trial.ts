import type { BrokerName } from '../../shared/brokers/envelope.ts';
import type { Process, Trial } from '../../shared/patterns/proof.ts';
import type { Servers } from '../stage/servers.ts';
import { RealStage } from '../stage/stage.ts';
import { type Started, startProcess } from './process.ts';
import { loadProofs } from './proofs.ts';

/** Which version of which proof is tried. */
export interface Case {
  readonly chapter: string;
  /** Which one of the chapter's proofs. */
  readonly proof: number;
  /** `right`, or the name of a twin. */
  readonly version: string;
  readonly broker: BrokerName;
  readonly isBroken: boolean;
}

const nobody = { say: () => {}, show: () => {}, list: () => {} };

/** Plays one case on real servers, and answers whose invariant does not hold. Nothing of it is left afterwards. */
export async function tryOut(
  { chapter, proof, version, broker, isBroken }: Case,
  servers: Servers,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const chosen = (await loadProofs(chapter))[proof];
  if (!chosen) throw new Error(`${chapter} has no proof ${proof}`);
  const stage = new RealStage({ chapter, broker, servers, narrator: nobody, signal });
  const assignment = { chapter, proof, version, broker, run: stage.run, servers };
  const processes: Started[] = [];
  const trial: Trial = {
    broker,
    servers,
    isBroken,
    name: (what) => stage.name(what),
    open: (topologies) => stage.open(topologies),
    database: (schemas) => stage.database(schemas),
    send: (drafts) => stage.send(drafts),
    consume: (options) => stage.consume(options),
    until: (what, isSo) => stage.until(what, isSo),
    after: (undo) => stage.after(undo),
    async start({ dieAt } = {}): Promise<Process> {
      const started = startProcess({
        assignment,
        dieAt,
        onConsumer: (name) => stage.knowConsumer(name),
        onTopologies: (topologies) => stage.knowTopologies(topologies),
      });
      processes.push(started);
      await started.atWork;
      return started;
    },
  };
  try {
    const violated = await chosen.run(trial);
    // What has crashed has proven nothing.
    for (const { crash } of processes) if (crash) throw crash;
    return violated;
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
    await stage.clear();
  }
}
