import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { findViolations, type Violation } from '../boundaries.ts';
import { root } from '../tool.ts';
import { type Plant, plantedChapter, plantedService, plantedTree } from './planted-tree.ts';

const service = `${plantedService}/src`;
const chapter = plantedChapter;

const page = 'services/gateway/web/src';

const forbidden: readonly { rule: string; file: string; source: string }[] = [
  { rule: 'no-circular', file: `${service}/planted-egg.ts`, source: `import './planted-hen.ts';` },
  { rule: 'no-unresolvable', file: `${service}/planted-lost.ts`, source: `import './not-there.ts';` },
  {
    rule: 'packages-by-name',
    file: `${service}/planted-path.ts`,
    source: `import '../../../shared/brokers/envelope.ts';`,
  },
  {
    rule: 'testing-only-in-tests',
    file: `${service}/planted-spy.ts`,
    source: `import '../../../shared/testing/planted.ts';`,
  },
  {
    rule: 'amqplib-only-in-rabbitmq',
    file: 'shared/brokers/planted-amqplib.ts',
    source: `import 'amqplib';`,
  },
  {
    rule: 'amqplib-only-in-rabbitmq',
    file: 'shared/brokers/kafka/planted-amqplib.ts',
    source: `import type { Channel } from 'amqplib';\nexport type Planted = Channel;`,
  },
  {
    rule: 'kafkajs-only-in-kafka',
    file: 'shared/brokers/rabbitmq/planted-kafkajs.ts',
    source: `import 'kafkajs';`,
  },
  {
    rule: 'opentelemetry-only-in-service-kit',
    file: 'shared/brokers/planted-telemetry.ts',
    source: `import '@opentelemetry/api';`,
  },
  {
    rule: 'opentelemetry-only-in-service-kit',
    file: `${service}/planted-telemetry.ts`,
    source: `import '@opentelemetry/api';`,
  },
  {
    rule: 'brokers-stand-alone',
    file: 'shared/brokers/planted-contracts.ts',
    source: `import '../contracts/index.ts';`,
  },
  {
    rule: 'patterns-can-be-copied',
    file: `${chapter}/planted-contracts.ts`,
    source: `import '../../contracts/index.ts';`,
  },
  {
    rule: 'patterns-can-be-copied',
    file: `${chapter}/planted-contracts-by-name.ts`,
    source: `import '@conveyor/contracts';`,
  },
  { rule: 'patterns-can-be-copied', file: `${chapter}/planted-driver.ts`, source: `import 'pg';` },
  {
    rule: 'plain-driver-is-plain',
    file: `${chapter}/hello.planted.ts`,
    source: `import '../../contracts/index.ts';`,
  },
  {
    rule: 'pattern-tests-can-be-copied',
    file: `${chapter}/planted.test.ts`,
    source: `import '../../contracts/index.ts';`,
  },
  { rule: 'contracts-are-data', file: 'shared/contracts/planted.ts', source: `import 'node:fs';` },
  {
    rule: 'contracts-are-data',
    file: 'shared/contracts/planted-chapter.ts',
    source: `import '@conveyor/patterns/dead-letter-queue/failure';`,
  },
  { rule: 'topology-is-data', file: 'shared/topology/planted.ts', source: `import 'node:fs';` },
  {
    rule: 'topology-takes-types-of-brokers',
    file: 'shared/topology/planted-broker.ts',
    source: `import { newMessageId } from '@conveyor/brokers';\nexport const planted = newMessageId();`,
  },
  {
    rule: 'service-kit-serves-any-service',
    file: 'shared/service-kit/planted-testing.ts',
    source: `import '../testing/planted.ts';`,
  },
  {
    rule: 'console-is-a-page',
    file: `${page}/planted-gateway.ts`,
    source: `import '../../src/adapters/bell.ts';`,
  },
  {
    rule: 'console-takes-types-of-contracts',
    file: `${page}/planted-schemas.tsx`,
    source: `import '@conveyor/contracts/http';`,
  },
  {
    rule: 'console-is-built',
    file: 'services/gateway/src/planted-page.ts',
    source: `import '../web/src/theme.ts';`,
  },
  {
    rule: 'services-are-islands',
    file: `${service}/planted-neighbour.ts`,
    source: `import '../../order/src/planted.ts';`,
  },
  {
    rule: 'services-are-programs',
    file: 'shared/service-kit/planted-service.ts',
    source: `import '../../services/order/src/planted.ts';`,
  },
  {
    rule: 'specs-see-decisions',
    file: 'infra/specs/planted-adapter.ts',
    source: `import '../../services/order/src/adapters/planted.ts';`,
  },
  {
    rule: 'specs-see-decisions',
    file: 'scripts/replay/planted-adapter.ts',
    source: `import '../../services/order/src/adapters/planted.ts';`,
  },
  {
    rule: 'tools-run-in-containers',
    file: 'scripts/replay/planted-local.ts',
    source: `import '../../infra/local/planted.ts';`,
  },
  {
    rule: 'tools-run-in-containers',
    file: 'scripts/follow/planted-local.ts',
    source: `import '../../infra/local/planted.ts';`,
  },
  {
    rule: 'infra-stays-outside',
    file: `${service}/planted-infra.ts`,
    source: `import '../../../infra/local/planted.ts';`,
  },
  {
    rule: 'domain-is-pure',
    file: `${service}/domain/planted-driver.ts`,
    source: `import { Pool } from 'pg';\nexport const pool = new Pool();`,
  },
  { rule: 'domain-is-pure', file: `${service}/domain/planted-crypto.ts`, source: `import 'node:crypto';` },
  {
    rule: 'domain-is-pure',
    file: `${service}/domain/planted-adapter.ts`,
    source: `import type { Planted } from '../adapters/planted.ts';\nexport type Other = Planted;`,
  },
  {
    rule: 'domain-takes-types-of-contracts',
    file: `${service}/domain/planted-schema.ts`,
    source: `import '@conveyor/contracts';`,
  },
  {
    rule: 'handlers-know-ports',
    file: `${service}/handlers/planted-topology.ts`,
    source: `import '@conveyor/topology';`,
  },
  {
    rule: 'handlers-know-ports',
    file: `${service}/handlers/planted-adapter.ts`,
    source: `import '../adapters/planted.ts';`,
  },
  {
    rule: 'handlers-know-no-driver',
    file: `${service}/handlers/planted-driver.ts`,
    source: `import type { Pool } from 'pg';\nexport type Planted = Pool;`,
  },
  {
    rule: 'adapters-decide-nothing',
    file: `${service}/adapters/planted-decision.ts`,
    source: `import '../domain/planted.ts';`,
  },
  {
    rule: 'adapters-decide-nothing',
    file: `${service}/adapters/planted-topology.ts`,
    source: `import '@conveyor/topology';`,
  },
];

/** What the others import. */
const imported: readonly Plant[] = [
  { file: `${service}/planted-hen.ts`, source: `import './planted-egg.ts';` },
  { file: 'services/order/src/planted.ts', source: 'export {};' },
  { file: 'services/order/src/adapters/planted.ts', source: 'export {};' },
  { file: 'infra/local/planted.ts', source: 'export {};' },
  { file: 'shared/testing/planted.ts', source: 'export {};' },
];

const allowed: readonly { what: string; file: string; source: string }[] = [
  {
    what: 'the domain may take types of contracts and its own domain',
    file: `${service}/domain/planted.ts`,
    source: `import type { Money } from '@conveyor/contracts';\nexport type Planted = Money;`,
  },
  {
    what: 'an adapter may take types of the domain, drivers, contracts and patterns',
    file: `${service}/adapters/planted.ts`,
    source: `import '@conveyor/contracts/http';\nimport 'pg';\nimport '@conveyor/patterns/dead-letter-queue/failure';\nimport type { Planted } from '../domain/planted.ts';\nexport type { Planted };`,
  },
  {
    what: 'a handler may import the domain, and ports as types',
    file: `${service}/handlers/planted.ts`,
    source: `import '../domain/planted.ts';\nimport type { Planted } from '../adapters/planted.ts';\nexport type { Planted };`,
  },
  {
    what: 'contracts may take what reads a version from its chapter',
    file: 'shared/contracts/planted-versions.ts',
    source: `import '@conveyor/patterns/schema-versioning/versions';`,
  },
  {
    what: 'a test of the domain may import node: and shared/testing',
    file: `${service}/domain/planted.test.ts`,
    source: `import 'node:test';\nimport '@conveyor/testing/planted';`,
  },
  {
    what: 'a spec may import decisions and subscriptions of any service',
    file: 'infra/specs/planted.ts',
    source: `import '@conveyor/order/domain/order';\nimport '@conveyor/payment/subscriptions';`,
  },
  {
    what: 'a replay may import the decisions of a service',
    file: 'scripts/replay/planted.ts',
    source: `import '../../services/order/src/domain/order.ts';`,
  },
  {
    what: 'a chapter may hold the library of the circuit breaker',
    file: `${chapter}/planted-breaker.ts`,
    source: `import 'cockatiel';`,
  },
  {
    what: 'hello may hold a driver',
    file: `${chapter}/hello.planted-driver.ts`,
    source: `import 'pg';`,
  },
];

let violations: Violation[];

before(async () => {
  const tree = await plantedTree([...forbidden, ...imported, ...allowed]);
  try {
    violations = await findViolations(tree.dir);
  } finally {
    await tree.remove();
  }
});

for (const { rule, file } of forbidden) {
  test(`${rule} reports ${file}`, () => {
    const rules = violations.filter(({ from }) => from === file).map((violation) => violation.rule);
    assert.ok(rules.includes(rule), `reported were ${rules.join(', ') || 'none'}`);
  });
}

for (const { what, file } of allowed) {
  test(`nothing is reported of ${file}: ${what}`, () => {
    assert.deepEqual(
      violations.filter(({ from }) => from === file),
      [],
    );
  });
}

test('every rule has been broken by one of the plants', async () => {
  const settings = (await import(join(root, '.dependency-cruiser.mjs'))) as {
    default: { forbidden: readonly { name: string }[] };
  };
  const rules = settings.default.forbidden.map(({ name }) => name).sort();
  assert.deepEqual([...new Set(forbidden.map(({ rule }) => rule))].sort(), rules);
});
