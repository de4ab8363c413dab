import type { Http } from '@conveyor/service-kit/http';
import type { FastifyReply } from 'fastify';

/** Keeps connections open without ever answering, until the client leaves or the server closes. */
export class Silence {
  readonly #held = new Set<FastifyReply['raw']>();
  #closing = false;

  constructor(http: Http) {
    // Before the server closes: it would wait for these connections.
    http.addHook('preClose', async () => {
      this.#closing = true;
      for (const response of this.#held) response.destroy();
    });
  }

  /** Nothing will be sent for this request. */
  keep(reply: FastifyReply): FastifyReply {
    reply.hijack();
    const response = reply.raw;
    if (this.#closing) response.destroy();
    else {
      this.#held.add(response);
      response.once('close', () => this.#held.delete(response));
    }
    return reply;
  }
}
