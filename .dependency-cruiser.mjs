/** Who may import whom: the import table of the design, row by row. `npm run check` holds it. */

const ours = '^(services|shared|infra|scripts)/';
const packages = 'node_modules/';

// Test code may import more: it arranges what the code under test is handed.
const testRooms = [
  '^services/[^/]+/test/',
  '^shared/testing/',
  '^shared/brokers/conformance/',
  '^infra/e2e/',
  '^infra/chaos/',
  '^infra/specs/',
];
// Commands that break the system or hold it against what it promises, and what measures: they arrange and look on as tests
// do, some with plain drivers beside our own to be held against.
const testCommands = ['^infra/bench/', '^scripts/(bench|chaos|cluster-check|compare)([.]ts$|/)'];
const tests = ['[.](test|fixture)[.]ts$', ...testRooms, ...testCommands];

// The two files of a chapter that show a plain driver: the textbook's snippet and its wrong versions.
const plainDriver = '^shared/patterns/[^/]+/(hello[.][^/]+|broken)[.]ts$';

// What a tool finds out about the stack of its own machine, if it is on one that has it.
const onThisMachine = '^scripts/[^/]+/local-[^/]+[.]ts$';

const drivers = ['amqplib', 'kafkajs', 'pg'].map((name) => `node_modules/(@types/)?${name}/`);

const everywhere = [
  {
    name: 'no-circular',
    comment: 'Modules in a circle cannot be read, tested or copied one without the other.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolvable',
    comment: 'What is not found is not checked either, so every rule below would be blind to it.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'packages-by-name',
    comment:
      'A relative path into another package passes by its "exports" and by pnpm, which lets a package import only ' +
      'what its package.json names.',
    from: { path: '^((?:services|shared|infra)/[^/]+)/' },
    to: { path: '^(services|shared|infra)/', pathNot: '^$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'testing-only-in-tests',
    comment: 'What arranges and spies for tests must not be there in production.',
    from: { pathNot: tests },
    to: { path: testRooms },
  },
  {
    name: 'amqplib-only-in-rabbitmq',
    comment: 'The port over both brokers is only a port while nobody else holds the driver.',
    from: { pathNot: ['^shared/brokers/rabbitmq/', plainDriver, ...tests] },
    to: { path: 'node_modules/(@types/)?amqplib/' },
  },
  {
    name: 'kafkajs-only-in-kafka',
    comment: 'kafkajs is unmaintained: it can be replaced as long as one folder knows it.',
    from: { pathNot: ['^shared/brokers/kafka/', plainDriver, ...tests] },
    to: { path: 'node_modules/kafkajs/' },
  },
  {
    name: 'opentelemetry-only-in-service-kit',
    comment:
      'Spans are made at the ports that all services have in common; what is copied into other projects brings no tracing ' +
      'library along, and what decides knows of none.',
    from: { pathNot: ['^shared/service-kit/', 'node_modules/'] },
    to: { path: '(^|node_modules/)@opentelemetry/' },
  },
];

const shared = [
  {
    name: 'brokers-stand-alone',
    comment:
      'A chapter is copied into other projects together with brokers, so brokers needs nothing of ours.',
    from: { path: '^shared/brokers/', pathNot: tests },
    to: { path: ours, pathNot: '^shared/brokers/' },
  },
  {
    name: 'patterns-can-be-copied',
    comment:
      'A chapter folder plus brokers runs in any project: names, schemas, SQL and the transaction are handed in, ' +
      'never imported. The one library is the circuit breaker, which nobody should write himself.',
    from: { path: '^shared/patterns/', pathNot: [plainDriver, ...tests] },
    to: {
      pathNot: ['^shared/(patterns|brokers)/', 'node_modules/cockatiel/'],
      dependencyTypesNot: ['core'],
    },
  },
  {
    name: 'plain-driver-is-plain',
    comment: 'hello and broken show the bare driver: beyond it they may import what their chapter may.',
    from: { path: plainDriver },
    to: { pathNot: ['^shared/(patterns|brokers)/', ...drivers], dependencyTypesNot: ['core'] },
  },
  {
    name: 'pattern-tests-can-be-copied',
    comment:
      "A chapter's tests travel with it; they may use shared/testing and libraries, but nothing else of ours.",
    from: { path: '^shared/patterns/.+[.]test[.]ts$' },
    to: { path: ours, pathNot: '^shared/(patterns|brokers|testing)/' },
  },
  {
    name: 'contracts-are-data',
    comment:
      'Every service and every client reads the contracts, so they bring nothing along but their schema library, and the ' +
      'pure function that reads a version: it is the lesson of a chapter, and there is one of it.',
    from: { path: '^shared/contracts/', pathNot: tests },
    to: {
      pathNot: [
        '^shared/contracts/',
        '^shared/patterns/13-schema-versioning/versions[.]ts$',
        'node_modules/typebox/',
      ],
    },
  },
  {
    name: 'topology-is-data',
    comment:
      'The topology says what exists; connecting and declaring is for brokers, behaving is for patterns.',
    from: { path: '^shared/topology/', pathNot: tests },
    to: {
      pathNot: [
        '^shared/(topology|contracts|brokers)/',
        '^shared/patterns/[^/]+/(rabbitmq|kafka)[.]ts$',
        'node_modules/typebox/',
      ],
    },
  },
  {
    name: 'topology-takes-types-of-brokers',
    comment: 'It describes queues and topics in the words of brokers, but opens no connection.',
    from: { path: '^shared/topology/', pathNot: tests },
    to: { path: '^shared/brokers/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'service-kit-serves-any-service',
    comment:
      'It composes brokers, patterns, contracts and topology for all services, so it can know none of them.',
    from: { path: '^shared/service-kit/', pathNot: tests },
    to: { path: ours, pathNot: '^shared/(service-kit|brokers|patterns|contracts|topology)/' },
  },
];

const services = [
  {
    name: 'services-are-islands',
    comment: 'Services meet in messages and HTTP only; one import more and they are deployed as one.',
    from: { path: '^services/([^/]+)/' },
    to: { path: '^services/', pathNot: '^services/$1/' },
  },
  {
    name: 'console-is-a-page',
    comment:
      'It runs in a browser, so it knows the system by its HTTP alone; of the contracts it takes the types, which weigh nothing.',
    from: { path: '^services/gateway/web/' },
    to: { path: ours, pathNot: ['^services/gateway/web/', '^shared/contracts/'] },
  },
  {
    name: 'console-takes-types-of-contracts',
    comment: 'With the schemas their library would come along, half as large as the page.',
    from: { path: '^services/gateway/web/' },
    to: { path: '^shared/contracts/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'console-is-built',
    comment: 'The gateway serves what was built of it, and nothing else knows it.',
    from: { pathNot: '^services/gateway/web/' },
    to: { path: '^services/gateway/web/' },
  },
  {
    name: 'services-are-programs',
    comment:
      'A service is started, never imported: what several need belongs into shared. What the system is compared with does ' +
      'the same by the same handlers and tables, or it would be another order.',
    from: { pathNot: ['^services/', '^infra/(specs|bench/peers)/', '^scripts/replay/'] },
    to: { path: '^services/' },
  },
  {
    name: 'specs-see-decisions',
    comment:
      'What the services promise together is tried on their decisions and tables, without a server: whatever needs ' +
      'one is tried from outside, by infra/e2e. A replay folds what is recorded by the same decisions, or it would be another order.',
    from: { path: '^(infra/specs|scripts/replay)/' },
    to: {
      path: '^services/',
      pathNot: '^services/[^/]+/src/((domain|handlers)/.+|subscriptions|[^/]+-saga)[.]ts$',
    },
  },
  {
    name: 'tools-run-in-containers',
    comment:
      'The image holds nothing of infra/local, so what `docker compose run tools` runs may load it only where it finds ' +
      'itself on a machine of its own.',
    from: {
      path: '^scripts/(compare|follow|hello|pattern|prove|replay|rooms|stage|twin)',
      pathNot: [onThisMachine, ...tests],
    },
    to: { path: ['^infra/local/', onThisMachine], dependencyTypesNot: ['dynamic-import'] },
  },
  {
    name: 'infra-stays-outside',
    comment: 'The code runs the same wherever it is started, so it cannot know how that is done.',
    from: { path: '^(services|shared)/' },
    to: { path: '^(infra|scripts)/' },
  },
  {
    name: 'domain-is-pure',
    comment:
      'Decisions can be tested without a server and replayed at any time because they touch nothing outside.',
    from: { path: '^services/([^/]+)/src/domain/', pathNot: tests },
    to: { pathNot: ['^services/$1/src/domain/', '^shared/contracts/'] },
  },
  {
    name: 'domain-takes-types-of-contracts',
    comment:
      'The domain speaks the words of the contracts; checking input against schemas happens before it.',
    from: { path: '^services/[^/]+/src/domain/', pathNot: tests },
    to: { path: '^shared/contracts/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'handlers-know-ports',
    comment:
      'A handler joins decision and pattern in the transaction it is handed; adapters come to it as types.',
    from: { path: '^services/([^/]+)/src/handlers/', pathNot: tests },
    to: {
      pathNot: ['^services/$1/src/(handlers|domain)/', '^shared/(contracts|patterns)/'],
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'handlers-know-no-driver',
    comment: "Not even as a type: a port that shows a driver's types is that driver.",
    from: { path: '^services/[^/]+/src/handlers/', pathNot: tests },
    to: { path: packages },
  },
  {
    name: 'adapters-decide-nothing',
    comment:
      'An adapter turns tables, calls, requests and questions over the broker into types of the domain and back; ' +
      'deciding, and the names of queues and topics, are handed in.',
    from: { path: '^services/([^/]+)/src/adapters/', pathNot: tests },
    to: {
      path: ours,
      pathNot: ['^services/$1/src/adapters/', '^shared/(contracts|service-kit|patterns|brokers)/'],
      dependencyTypesNot: ['type-only'],
    },
  },
];

export default {
  forbidden: [...everywhere, ...shared, ...services].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    // Imports of types count as well, and are told apart as `type-only`.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)[.]local/', '(^|/)dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
