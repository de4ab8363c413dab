import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** How the server behaves towards the next mails. */
export type Mood = 'takes-all' | 'no-such-mailbox' | 'mailbox-busy' | 'silent' | 'takes-and-hangs-up';

/** A real SMTP server that keeps what it was given. */
export async function startMailServer() {
  const mails: string[] = [];
  let mood: Mood = 'takes-all';
  const reply = (code: number, words: string) => Object.assign(new Error(words), { responseCode: code });

  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo({ address }, _session, done) {
      if (mood === 'no-such-mailbox') done(reply(550, `no mailbox ${address}`));
      else if (mood === 'mailbox-busy') done(reply(450, `${address} is busy`));
      else if (mood !== 'silent') done();
    },
    onData(stream, session, done) {
      void text(stream).then((mail) => {
        mails.push(mail);
        if (mood !== 'takes-and-hangs-up') return done();
        // A connection that ends after the mail was taken and before the answer was sent.
        for (const connection of server.connections) {
          if ((connection as { id?: string }).id === session.id) (connection as { close(): void }).close();
        }
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;

  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    become(next: Mood) {
      mood = next;
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
