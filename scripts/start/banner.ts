import type { AdminToken } from '../../infra/local/local-stack.ts';
import type { Ports } from '../../infra/local/stack.ts';

/** What a reader wants to know once the stack is up. */
export function banner(ports: Ports, token: AdminToken, seconds: number): string {
  const gateway = `http://localhost:${ports.gateway}`;
  const kept = token.file === undefined ? '' : ` (in ${token.file})`;
  const order = JSON.stringify({ customerId: 'ada', items: [{ sku: 'mug', quantity: 2 }] });
  return `
Conveyor is up after ${seconds.toFixed(1)} s.

  Console       ${gateway}/
  API           ${gateway}/docs
  Mails         http://localhost:${ports.mail}/
  RabbitMQ      http://localhost:${ports.rabbitmqManagement}/ (conveyor, conveyor)
  Admin token   ${token.value}${kept}
  Logs          .local/logs/

Place an order:

  curl -s '${gateway}/api/orders?wait=10' -H 'content-type: application/json' -d '${order}'

\`npm stop\` stops all of it (so does Ctrl-C, unless it runs detached); \`npm run status\` shows what runs.
`;
}
