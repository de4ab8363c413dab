import { getPattern, listPatterns, playPattern } from '@conveyor/contracts/http';
import { type Http, operation } from '@conveyor/service-kit/http';
import { conflict, notFound, Problem } from '@conveyor/service-kit/problems';
import type { onRequestAsyncHookHandler } from 'fastify';
import { type Chapter, readChapters } from './chapters.ts';
import type { DemoNews, Demos } from './demo-process.ts';
import type { SendEvents } from './event-stream.ts';

export interface PatternsDeps {
  /** The folder of the chapters. */
  readonly chapters: URL;
  /** Undefined: the servers are not known that a demo needs. */
  readonly demos: Demos | undefined;
  readonly requireAdmin: onRequestAsyncHookHandler;
  readonly send: SendEvents;
}

/** The chapters, to be read and to be seen at work. */
export function addPatternRoutes(http: Http, { chapters, demos, requireAdmin, send }: PatternsDeps): void {
  async function named(wanted: string): Promise<Chapter> {
    const found = (await readChapters(chapters)).find(({ name }) => name === wanted);
    if (!found) throw notFound('there is no chapter of this name', '/name');
    return found;
  }

  http.route({
    ...operation(listPatterns),
    handler: async () => ({ patterns: [...(await readChapters(chapters))] }),
  });

  http.route({
    ...operation(getPattern),
    handler: ({ params }) => named(params.name),
  });

  http.route({
    ...operation(playPattern),
    // Documented as text; what is sent is a stream, which no schema serializes.
    schema: { ...playPattern.schema, response: {} },
    onRequest: requireAdmin,
    async handler({ params, body: { broker } }, reply) {
      const { name } = await named(params.name);
      if (!demos) throw notSetUp(name, broker);
      if (demos.isPlaying) throw conflict('a demo is being played; there is one at a time');
      return send(reply, (signal) => events(demos.play([name, '--broker', broker], signal)));
    },
  });
}

function notSetUp(name: string, broker: string): Problem {
  const command = `npm run pattern -- ${name} --broker ${broker}`;
  return new Problem(
    503,
    `this gateway plays no demos, since DEMO_POSTGRES_URL is not set; run \`${command}\` instead ` +
      `(with Docker: \`docker compose run --rm tools pattern ${name} --broker ${broker}\`)`,
  );
}

/** In the format of Server-Sent Events. */
async function* events(news: AsyncIterable<DemoNews>): AsyncGenerator<string> {
  for await (const each of news) yield `data: ${JSON.stringify(each)}\n\n`;
}
