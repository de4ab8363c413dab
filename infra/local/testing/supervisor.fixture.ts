// Supervises one process, says its pid, and waits to be killed.
import { supervise } from '../supervised-process.ts';

const [, , log = ''] = process.argv;
const subject = supervise(
  'subject',
  { file: '/bin/sleep', args: ['1000'], env: {}, cwd: '/', user: undefined },
  log,
);
await subject.start();
console.log(subject.pid);
setInterval(() => {}, 1000);
