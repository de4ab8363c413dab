import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Http } from '@conveyor/service-kit/http';
import fastifyStatic from '@fastify/static';

/** Where the page is built to; `npm start` and the image build it before the gateway starts. */
const dist = fileURLToPath(new URL('../../web/dist/', import.meta.url));

const headers = {
  // All of the page is served from here. React sets styles by the DOM, which this allows; inline ones it does not.
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The console at `/`. Without a built one `/` leads to the documentation, as good a place to begin. */
export async function addConsole(
  http: Http,
  log: { warn(text: string): void },
  folder = dist,
): Promise<void> {
  if (!existsSync(`${folder}index.html`)) {
    log.warn('the console is not built, so / leads to /docs: pnpm --filter @conveyor/console build');
    http.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs'));
    return;
  }
  await http.register(fastifyStatic, {
    root: folder,
    // Its files as they are now, so that no path a client makes up is looked for on the disk.
    wildcard: false,
    decorateReply: false,
    schemaHide: true,
    cacheControl: false,
    setHeaders(reply, path) {
      // What is in assets has the hash of its content in its name.
      const isHashed = path.startsWith(`${folder}assets/`);
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      for (const [name, value] of Object.entries(headers)) reply.header(name, value);
    },
  });
}
