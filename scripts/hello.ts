// npm run hello -- <chapter> rabbitmq|kafka: runs the shortest form of a pattern, with the plain driver, on the running brokers.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chapterNamed } from './rooms/chapter-folders.ts';
import { runNode } from './rooms/run-node.ts';
import { findServers } from './stage/servers.ts';

const [wanted = '', broker = 'rabbitmq'] = process.argv.slice(2);
const chapter = chapterNamed(wanted);
const file = chapter && join(chapter.folder, `hello.${broker}.ts`);
if (!file || !existsSync(file)) {
  console.error(
    chapter
      ? `Chapter ${chapter.number} has no hello.${broker}.ts.`
      : 'Usage: npm run hello -- <chapter, for example 01> rabbitmq|kafka',
  );
  process.exit(2);
}
const servers = await findServers(process.env);
if (!servers) {
  console.error(`No running stack was found: on this machine \`npm start\` starts one.
With Docker: \`docker compose up\`, then \`docker compose run --rm tools hello <chapter> rabbitmq|kafka\`.`);
  process.exit(1);
}
const addresses = {
  RABBITMQ_URL: servers.rabbitmq,
  KAFKA_BROKERS: servers.kafka.join(),
  POSTGRES_URL: servers.postgres,
};
process.exit(await runNode([file], { ...process.env, ...addresses }));
