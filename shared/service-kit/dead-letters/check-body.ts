import { dataschemaOf, isMessageType, readBody } from '@conveyor/contracts/messages';
import type { RedriveSurroundings } from '@conveyor/patterns/dead-letter-queue/redrive';

/**
 * What a person writes is read as its consumer will read it, in the version that is written today: a mistake is told to
 * whoever made it, and does not come back as another dead letter. And it must be about the order that the message is about: some
 * handlers go by the one, some by the other.
 */
export const checkBody: RedriveSurroundings['checkBody'] = ({ type = '', subject }, body) => {
  if (!isMessageType(type))
    return { path: '/payload', detail: `fits no message: none is called ${type || 'nothing'}` };
  const dataschema = dataschemaOf(type);
  const read = readBody(type, dataschema, body);
  if (!('code' in read)) {
    const isAboutAnother = read.data && 'orderId' in read.data && read.data.orderId !== subject;
    return isAboutAnother
      ? { path: '/payload/orderId', detail: `must be that of the message, ${subject}` }
      : { dataschema };
  }
  return read.problem
    ? { path: `/payload${read.problem.pointer.slice(1)}`, detail: read.problem.detail }
    : { path: '/payload', detail: read.detail };
};
