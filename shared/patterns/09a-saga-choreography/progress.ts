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
  /** `stuck`: a message that has still to be handled is a dead letter, and a person must look at it. */
  readonly state: 'running' | 'compensating' | 'done' | 'stuck';
  readonly reason?: string;
  /** Names of steps, in the order in which they were done. What failed, or found nothing to do, is not among them. */
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
  const isPlanned = (step: ChoreographyStep) => planned.has(step);
  const wentWrong = without(steps, isPlanned).some(({ when }) => isTold(when, seen));

  const hasEnded = flow.endings.some((type) => isTold(type, seen));
  // What went wrong and has ended is undone, however far it got: a step that is still on its way will be refused, and
  // may as well fail. After the end no time limit matters either.
  const isMoot = (step: ChoreographyStep) =>
    hasEnded && (step.late === true || (wentWrong && isPlanned(step)));

  const awaited = without(steps, isMoot).filter((step) => isAwaited(step, seen));
  const coming = wentWrong
    ? new Set([...awaited, ...onwards(without(steps, isPlanned), without(awaited, isPlanned))])
    : onwards(steps, awaited);
  const hasBegun = seen.published.size > 0;
  const steady = {
    done: namesOf(doneSteps(flow, happenings, seen)),
    next: namesOf(
      hasBegun ? steps.filter((step) => coming.has(step)) : [...(start ? [start] : []), ...planned],
    ),
  };

  const reason = deadLetterOf(without(flow.steps, isMoot), seen);
  if (reason) return { state: 'stuck', reason, ...steady };
  if (hasEnded && awaited.length === 0) return { state: 'done', ...steady };
  return { state: wentWrong ? 'compensating' : 'running', ...steady };
}

interface Seen {
  /** Type → ids of its messages. */
  readonly published: ReadonlyMap<string, readonly string[]>;
  /** Types that a handler has said something of, which may not have left yet. */
  readonly announced: ReadonlySet<string>;
  /** Of each message and service, as {@link partOf} names it. */
  readonly handled: ReadonlySet<string>;
  readonly dead: readonly Happening[];
}

function read(happenings: readonly Happening[]): Seen {
  const of = (kind: string) => happenings.filter((happening) => happening.kind === kind);
  const published = Map.groupBy(of('published'), ({ type = '' }) => type);
  return {
    published: new Map(
      [...published].map(([type, all]) => [type, all.map(({ messageId = '' }) => messageId)]),
    ),
    announced: new Set(of('handled').flatMap(saidIn)),
    handled: new Set(of('handled').map(partOf)),
    dead: givenUpIn(happenings),
  };
}

function partOf({ service, messageId }: Pick<Happening, 'service' | 'messageId'>): string {
  return `${service} ${messageId}`;
}

function saidIn({ detail }: Happening): readonly string[] {
  return detail?.split(', ') ?? [];
}

/** What was given up, and neither redriven since nor handled after all. */
export function givenUpIn(happenings: readonly Happening[]): readonly Happening[] {
  const isOver = ({ service, messageId }: Happening, at: number) =>
    happenings
      .slice(at + 1)
      .some(
        (later) =>
          later.messageId === messageId &&
          later.service === service &&
          (later.kind === 'redriven' || later.kind === 'handled'),
      );
  return happenings.filter((happening, at) => happening.kind === 'dead-lettered' && !isOver(happening, at));
}

/** In words, for whoever has to look. */
export function whyGivenUp({ service, type, detail }: Happening): string {
  return `${service} gave ${type} up (${detail ?? 'no reason given'})`;
}

function isTold(type: string, { published, announced }: Seen): boolean {
  return published.has(type) || announced.has(type);
}

/** Said, and not yet handled by the service of this step. */
function isAwaited({ when, service }: ChoreographyStep, { published, announced, handled }: Seen): boolean {
  const ids = published.get(when);
  if (!ids) return announced.has(when);
  return ids.some((messageId) => !handled.has(partOf({ service, messageId })));
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

/**
 * A step is done if it came to the first of what it says, or has nothing to say. A request is no message: it is
 * known by the first that is said about it, unless a step has said that.
 */
function doneSteps(
  { requests, steps }: Flow,
  happenings: readonly Happening[],
  { announced }: Seen,
): readonly { readonly step: string }[] {
  return happenings.flatMap<{ readonly step: string }>((happening) => {
    const { kind, service, type = '' } = happening;
    if (kind === 'published' && !announced.has(type)) return requests.filter(({ says }) => says[0] === type);
    if (kind !== 'handled') return [];
    const said = saidIn(happening);
    return steps
      .filter((step) => step.when === type && step.service === service)
      .filter(({ says: [first] }) => first === undefined || said.includes(first));
  });
}

/** Which of what `steps` wait for was given up, and why. */
function deadLetterOf(steps: readonly ChoreographyStep[], { dead }: Seen): string | undefined {
  const letter = dead.find(({ service, type }) =>
    steps.some((step) => step.service === service && step.when === type),
  );
  return letter && whyGivenUp(letter);
}

function without(
  steps: readonly ChoreographyStep[],
  isLeftOut: (step: ChoreographyStep) => boolean,
): readonly ChoreographyStep[] {
  return steps.filter((step) => !isLeftOut(step));
}

function namesOf(steps: readonly { readonly step: string }[]): string[] {
  return [...new Set(steps.map(({ step }) => step))];
}
