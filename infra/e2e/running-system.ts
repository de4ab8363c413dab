import { strictEqual } from 'node:assert/strict';
import { after, before } from 'node:test';
import { buildConsole } from '@conveyor/local/console';
import { eventually } from '@conveyor/testing/eventually';
import { combinations } from './combinations.ts';
import { type Databases, openDatabases } from './databases.ts';
import { type System, startSystem } from './system.ts';
import { startTraceReceiver, type TraceReceiver } from './trace-receiver.ts';

// One system for all `*.system.test.ts` of a process: imported by the first, started before its tests, stopped after
// those of the last. Whoever breaks something mends it, and leaves no order under way.

let traces: TraceReceiver | undefined;
let system: System | undefined;
let databases: Databases | undefined;

before(
  async () => {
    await buildConsole();
    traces = await startTraceReceiver();
    system = await startSystem('system', {
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
    databases = openDatabases(system.stack.env.POSTGRES_URL);
    await warmUp(system);
    start.resolve(system);
  },
  { timeout: 300_000 },
);
after(async () => {
  await databases?.close();
  await system?.stop();
  await traces?.stop();
});

/** A process that has just started is slow at everything; the first question for a price may be answered too late. */
async function warmUp({ place, final }: System): Promise<void> {
  await Promise.all(
    combinations.map((combination) =>
      eventually(
        async () => {
          const items = [{ sku: 'mug', quantity: 1 }];
          const { status, body } = await place({ customerId: 'warm-up', items, ...combination });
          strictEqual(status, 202);
          strictEqual((await final(body.orderId)).status, 'completed');
        },
        { timeoutMs: 120_000 },
      ),
    ),
  );
}

const start = Promise.withResolvers<System>();

/** Resolves once it has been started, before the first test. */
export const whenRunning: Promise<System> = start.promise;

function started<Part>(part: Part | undefined): Part {
  if (part === undefined)
    throw new Error('The system has not been started yet: ask for it in a test or a hook');
  return part;
}

/** The system that these tests share. */
export const running = (): System => started(system);

/** Its databases. */
export const runningDatabases = (): Databases => started(databases);

/** The traces of all that has happened in it. */
export const runningTraces = (): TraceReceiver => started(traces);
