import kafkajs, { type Admin } from 'kafkajs';
import type { KafkaTopology, Topic } from './topology.ts';

// kafkajs is CommonJS, and Node finds not all of its exports by name.
const { ConfigResourceTypes } = kafkajs;

/** A value that was set for the topic itself, not the broker's default (`DescribeConfigs`, config source). */
const setForTopic = 1;

/**
 * Creates the topics that are missing and brings the settings of the others in line. The number of
 * partitions of an existing topic is left alone: another number sends a key to another partition,
 * and its next message might be handled before those that wait in the old one.
 */
export async function declareTopology(admin: Admin, { topics }: KafkaTopology): Promise<void> {
  const present = new Set(await admin.listTopics());
  const missing = topics.filter(({ name }) => !present.has(name));
  if (missing.length > 0) await createTopics(admin, missing);
  await alignSettings(
    admin,
    topics.filter(({ name, config }) => config && present.has(name)),
  );
}

/** Another service may create the same topics at this moment; kafkajs answers false to that, not an error. */
async function createTopics(admin: Admin, topics: readonly Topic[]): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map(({ name, partitions, config = {} }) => ({
      topic: name,
      numPartitions: partitions,
      configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    })),
  });
}

async function alignSettings(admin: Admin, topics: readonly Topic[]): Promise<void> {
  if (topics.length === 0) return;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(({ name }) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const changed = resources.flatMap(({ resourceName, configEntries }) => {
    const wanted = topics.find(({ name }) => name === resourceName)?.config ?? {};
    const current = Object.fromEntries(configEntries.map((entry) => [entry.configName, entry.configValue]));
    if (Object.entries(wanted).every(([name, value]) => current[name] === value)) return [];
    const kept = configEntries.filter((entry) => Number(entry.configSource) === setForTopic);
    // The request replaces all settings of the topic, so those that are not ours go along.
    const all = {
      ...Object.fromEntries(kept.map((entry) => [entry.configName, entry.configValue])),
      ...wanted,
    };
    return [
      {
        type: ConfigResourceTypes.TOPIC,
        name: resourceName,
        configEntries: Object.entries(all).map(([name, value]) => ({ name, value })),
      },
    ];
  });
  if (changed.length > 0) await admin.alterConfigs({ validateOnly: false, resources: changed });
}
