import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from '@conveyor/service-kit/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A hook that lets only the bearer of `token` pass: 401 without one, 403 with a wrong one. */
export function requireAdminToken(token: string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const given = /^Bearer (?<token>\S.*)$/i.exec(request.headers.authorization ?? '')?.groups?.['token'];
    if (given === undefined) {
      reply.header('www-authenticate', 'Bearer');
      throw new Problem(401, 'this needs Authorization: Bearer <admin token>');
    }
    if (!timingSafeEqual(digest(given), digest(token))) throw new Problem(403, 'this is not the admin token');
  };
}

/** Digests have one length, so that the comparison takes the same time whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
