import type { Consumer, ReplyInbox } from './port.ts';

/** What a process has opened at a broker, to tell whether all of it is in service. */
export class InService {
  readonly #opened = new Map<Consumer | ReplyInbox, string>();

  add<Part extends Consumer | ReplyInbox>(name: string, part: Part): Part {
    this.#opened.set(part, name);
    return part;
  }

  /** Throws, with their names, when some get no messages. */
  assertAll(): void {
    const idle = [...this.#opened].filter(([part]) => !isInService(part)).map(([, name]) => name);
    if (idle.length > 0) throw new Error(`no messages are handed to ${idle.join(', ')}`);
  }
}

function isInService(part: Consumer | ReplyInbox): boolean {
  return 'consuming' in part ? part.consuming : part.replyTo !== undefined;
}
