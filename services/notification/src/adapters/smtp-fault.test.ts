import { doesNotMatch, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { smtpFault } from './smtp-fault.ts';

test('what the server says of a mail counts for the mail: 4yz may work later, 5yz will not', () => {
  strictEqual(smtpFault({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 }).name, 'PermanentFault');
  strictEqual(smtpFault({ code: 'EMESSAGE', command: 'DATA', responseCode: 554 }).name, 'PermanentFault');
  strictEqual(smtpFault({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 450 }).name, 'TransientFault');
  strictEqual(smtpFault({ code: 'EMESSAGE', command: 'DATA', responseCode: 451 }).name, 'TransientFault');
});

test('what it says of the sender is true of every mail, and counts for none; that one is too big counts for it', () => {
  for (const responseCode of [421, 450, 452, 501, 530, 535, 550, 553, 554])
    strictEqual(
      smtpFault({ code: 'EENVELOPE', command: 'MAIL FROM', responseCode }).name,
      'InfrastructureFault',
    );
  strictEqual(
    smtpFault({ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 552 }).name,
    'PermanentFault',
  );
});

test('what it says of the connection counts for no mail', () => {
  strictEqual(
    smtpFault({ code: 'EPROTOCOL', command: 'CONN', responseCode: 554 }).name,
    'InfrastructureFault',
  );
  strictEqual(
    smtpFault({ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }).name,
    'InfrastructureFault',
  );
  strictEqual(smtpFault({ code: 'ESOCKET', command: 'CONN' }).name, 'InfrastructureFault');
  for (const responseCode of [421, 530, 535])
    strictEqual(
      smtpFault({ code: 'EENVELOPE', command: 'RCPT TO', responseCode }).name,
      'InfrastructureFault',
    );
});

test('no fault names the customer', () => {
  const message = "Can't send mail - all recipients were rejected: 550 <lovelace@customers.example>";
  const error = Object.assign(new Error(message), {
    code: 'EENVELOPE',
    command: 'RCPT TO',
    responseCode: 550,
  });
  doesNotMatch(inspect(smtpFault(error), { depth: 10 }), /lovelace/);
});
