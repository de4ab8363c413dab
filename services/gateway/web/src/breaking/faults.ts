import type { Fault, Faults } from '@conveyor/contracts/http';

type Part = keyof Faults;
type Mode = Fault['mode'];

interface FaultMode {
  readonly mode: Mode;
  readonly title: string;
  /** What the part does then. */
  readonly does: string;
  /** What to look at meanwhile. */
  readonly watch: string;
  readonly where: 'flow' | 'dead-letters' | 'place' | 'break';
}

interface FaultyPart {
  readonly part: Part;
  readonly title: string;
  readonly modes: readonly FaultMode[];
}

const well = (does: string): FaultMode => ({ mode: 'ok', title: 'Works', does, watch: '', where: 'flow' });

/** Everything that can be broken here, with what is to be seen of it. */
export const faultyParts: readonly FaultyPart[] = [
  {
    part: 'payment',
    title: 'Payment provider',
    modes: [
      well('Charges as the payment token of the order says.'),
      {
        mode: 'decline',
        title: 'Declines',
        does: 'Says no to every charge.',
        watch:
          'Orders are cancelled, and what was reserved is given back. Nothing becomes a dead letter: a no is an answer.',
        where: 'place',
      },
      {
        mode: 'error',
        title: 'Fails',
        does: 'Answers every call with an error.',
        watch:
          'Health: after a few failures the breaker of payment opens, and no more calls are made for a while. Charges wait in payment.charge, ' +
          'until they work again or their time is over.',
        where: 'flow',
      },
      {
        mode: 'timeout',
        title: 'Hangs',
        does: 'Takes calls and never answers.',
        watch:
          'Charges are called off once their time is over, and the orders are cancelled as payment-timeout.',
        where: 'flow',
      },
    ],
  },
  {
    part: 'inventory',
    title: 'Inventory',
    modes: [
      well('Reserves what is on the shelf.'),
      {
        mode: 'error',
        title: 'Fails',
        does: 'Fails at every reservation.',
        watch:
          'Each message is tried again after a second, five, and thirty. Then it is given up: a dead letter, and its order stays pending. ' +
          'Mend inventory here, redrive the letter there, and the order goes on.',
        where: 'dead-letters',
      },
      {
        mode: 'timeout',
        title: 'Hangs',
        does: 'Leaves every question for a price without an answer.',
        watch:
          'New orders are refused after a few seconds, with a word on when to come again: nothing is accepted that nobody can price.',
        where: 'place',
      },
      {
        mode: 'decline',
        title: 'Declines',
        does: 'Says that there is nothing left.',
        watch: 'Orders are cancelled as out-of-stock, before anything is charged.',
        where: 'place',
      },
    ],
  },
  {
    part: 'notification',
    title: 'SMS and push provider',
    modes: [
      well('Delivers what it is given.'),
      {
        mode: 'error',
        title: 'Fails',
        does: 'Answers every call with an error.',
        watch:
          'Orders are completed all the same: nobody waits for an SMS. The notifications are tried again, later.',
        where: 'flow',
      },
      {
        mode: 'timeout',
        title: 'Hangs',
        does: 'Takes calls and never answers.',
        watch:
          'Notifications pile up in notification.sms and notification.push; emails go on, they have a queue of their own.',
        where: 'flow',
      },
      {
        mode: 'decline',
        title: 'Declines',
        does: 'Refuses every notification for good.',
        watch: 'Each becomes a dead letter at once: to try again what was refused for good is of no use.',
        where: 'dead-letters',
      },
    ],
  },
];
