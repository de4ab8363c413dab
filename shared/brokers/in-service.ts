import type { Consumer, ReplyInbox } from './port.ts';

type Part = (Consumer | ReplyInbox) & {
  /** True from the first call of `stop()` on. */
  readonly isStopped: boolean;
};

/** What a process has open at a broker, to tell whether all of it is in service. */
export class InService {
  readonly #open = new Map<Part, string>();

  add<Opened extends Part>(name: string, part: Opened): Opened {
    this.#open.set(part, name);
    return part;
  }

  /** Throws, with their names, when some get no messages. What was stopped on purpose no longer counts. */
  assertAll(): void {
    for (const part of this.#open.keys()) if (part.isStopped) this.#open.delete(part);
    const idle = [...this.#open].filter(([part]) => !isInService(part)).map(([, name]) => name);
    if (idle.length > 0) throw new Error(`no messages are handed to ${idle.join(', ')}`);
  }
}

function isInService(part: Consumer | ReplyInbox): boolean {
  return 'consuming' in part ? part.consuming : part.replyTo !== undefined;
}
