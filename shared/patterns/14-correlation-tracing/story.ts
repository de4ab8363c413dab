import { nextTraceparent } from './trace-context.ts';

/** What a message takes over from whatever led to it: a message, or a client's request. */
export interface Story {
  readonly correlationid: string;
  readonly traceparent: string;
  /** The id of the message that led to this one; absent when a client's request did. */
  readonly causationid?: string;
}

/** The story as it goes on in the messages that follow from this one. It began with a client, so none is made up here. */
export function storyOf({
  id,
  correlationid,
  traceparent,
}: Omit<Story, 'causationid'> & { readonly id: string }): Story {
  return { correlationid, traceparent, causationid: id };
}

/** The same, for one message that follows: same story, same trace, and in that a span of its own. */
export function nextHop<Known extends Story>(story: Known): Known {
  return { ...story, traceparent: nextTraceparent(story.traceparent) };
}
