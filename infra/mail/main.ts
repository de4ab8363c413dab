import { MailDev } from 'maildev';

const host = process.env['HOST'] ?? '127.0.0.1';

const inbox = new MailDev({
  ip: host,
  smtp: Number(process.env['SMTP_PORT'] ?? 1025),
  webIp: host,
  web: Number(process.env['MAIL_PORT'] ?? 1080),
  maxEmails: 1000,
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void inbox.stop().finally(() => process.exit(0)));
}

await inbox.start();
