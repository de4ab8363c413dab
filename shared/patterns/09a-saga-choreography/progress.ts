import type { ChoreographyRequest, ChoreographyStep } from './choreography.ts';

/** A saga that nobody conducts. */
export interface Flow {
  /** The first is the one with which it begins. */
  readonly requests: readonly ChoreographyRequest[];
  readonly steps: readonly ChoreographyStep[];
  /** Types of messages after which nothing new begins. */
  readonly endings: readonly string[];
}

/** What is known to have happened to a message of one order; other kinds than these are passed over. */
export interface Happening {
  readonly kind: string;
  readonly service: string;
  readonly type?: string;
  readonly messageId?: string;
  /** Of `handled`: the types of what was said about it, separated by commas. Of `dead-lettered`: why. */
  readonly detail?: string;
}

export interface Progress {
  /** `stuck`: a message that a step waits for is a dead letter, and a person must look at it. */
  readonly state: 'running' | 'compensating' | 'done' | 'stuck';
  readonly reason?: string;
  /** Names of steps, in the order in which they were done. */
  readonly done: string[];
  /** Those still to come if nothing else goes wrong. */
  readonly next: string[];
}

/**
 * Where the saga of one order is. Nobody conducts it, so nobody knows; it is read from the table and from what
 * was seen, in the order of time. What has been said and its hearer has not handled is still to come.
 */
export function progress(flow: Flow, happenings: readonly Happening[]): Progress {
  const steps = flow.steps.filter(({ late }) => !late);
  const [start] = flow.requests;
  const planned = onwards(steps, hearersOf(steps, start));
  const seen = read(happenings);
  const wentWrong = steps.some((step) => !planned.has(step) && isTold(step.when, seen));

  const awaited = steps.filter((step) => isAwaited(step, seen));
  const coming = wentWrong
    ? new Set([...awaited, ...onwards(without(steps, planned), without(awaited, planned))])
    : onwards(steps, awaited);
  const hasBegun = seen.published.size > 0;
  const steady = {
    done: namesOf(doneSteps(flow.requests, steps, happenings)),
    next: namesOf(
      hasBegun ? steps.filter((step) => coming.has(step)) : [...(start ? [start] : []), ...planned],
    ),
  };

  const reason = deadLetterOf(steps, happenings);
  if (reason) return { state: 'stuck', reason, ...steady };
  if (awaited.length === 0 && flow.endings.some((type) => isTold(type, seen))) {
    return { state: 'done', ...steady };
  }
  return { state: wentWrong ? 'compensating' : 'running', ...steady };
}

interface Seen {
  /** Type → ids of its messages. */
  readonly published: ReadonlyMap<string, readonly string[]>;
  /** Types that a handler has said something of, which may not have left yet. */
  readonly announced: ReadonlySet<string>;
  /** `<service> <message id>`. */
  readonly handled: ReadonlySet<string>;
}

function read(happenings: readonly Happening[]): Seen {
  const of = (kind: string) => happenings.filter((happening) => happening.kind === kind);
  const published = Map.groupBy(of('published'), ({ type = '' }) => type);
  return {
    published: new Map(
      [...published].map(([type, all]) => [type, all.map(({ messageId = '' }) => messageId)]),
    ),
    announced: new Set(of('handled').flatMap(({ detail }) => detail?.split(', ') ?? [])),
    handled: new Set(of('handled').map(({ service, messageId }) => `${service} ${messageId}`)),
  };
}

function isTold(type: string, { published, announced }: Seen): boolean {
  return published.has(type) || announced.has(type);
}

/** Said, and not yet handled by the service of this step. */
function isAwaited({ when, service }: ChoreographyStep, { published, announced, handled }: Seen): boolean {
  const ids = published.get(when);
  if (!ids) return announced.has(when);
  return ids.some((id) => !handled.has(`${service} ${id}`));
}

/** Those who hear the first of what is said that anybody hears. */
function hearersOf(
  steps: readonly ChoreographyStep[],
  said: { readonly says: readonly string[] } | undefined,
): readonly ChoreographyStep[] {
  const heard = said?.says.find((type) => steps.some(({ when }) => when === type));
  return steps.filter(({ when }) => when === heard);
}

/** `begins` and what they lead to, as long as all goes well. */
function onwards(
  steps: readonly ChoreographyStep[],
  begins: readonly ChoreographyStep[],
): ReadonlySet<ChoreographyStep> {
  const found = new Set<ChoreographyStep>();
  const follow = (step: ChoreographyStep) => {
    if (found.has(step)) return;
    found.add(step);
    hearersOf(steps, step).forEach(follow);
  };
  begins.forEach(follow);
  return found;
}

/** A request is no message: it is known by the first that was said about it. */
function doneSteps(
  requests: readonly ChoreographyRequest[],
  steps: readonly ChoreographyStep[],
  happenings: readonly Happening[],
): readonly { readonly step: string }[] {
  return happenings.flatMap<{ readonly step: string }>(({ kind, service, type }) => {
    if (kind === 'published') return requests.filter(({ says }) => says[0] === type);
    if (kind !== 'handled') return [];
    return steps.filter((step) => step.when === type && step.service === service);
  });
}

/** What became of a message last counts: it may have been redriven, and handled after all. */
function deadLetterOf(
  steps: readonly ChoreographyStep[],
  happenings: readonly Happening[],
): string | undefined {
  const isWaitedFor = ({ service, type }: Happening) =>
    steps.some((step) => step.service === service && step.when === type);
  const isOver = ({ service, messageId }: Happening, at: number) =>
    happenings
      .slice(at + 1)
      .some(
        (later) =>
          later.messageId === messageId &&
          (later.kind === 'redriven' || (later.kind === 'handled' && later.service === service)),
      );
  const dead = happenings.find(
    (happening, at) => happening.kind === 'dead-lettered' && isWaitedFor(happening) && !isOver(happening, at),
  );
  return dead && `${dead.service} gave ${dead.type} up (${dead.detail ?? 'no reason given'})`;
}

function without(
  steps: readonly ChoreographyStep[],
  left: ReadonlySet<ChoreographyStep>,
): readonly ChoreographyStep[] {
  return steps.filter((step) => !left.has(step));
}

function namesOf(steps: readonly { readonly step: string }[]): string[] {
  return [...new Set(steps.map(({ step }) => step))];
}
