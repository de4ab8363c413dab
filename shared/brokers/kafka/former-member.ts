import kafkajs, { type Cluster, type PartitionAssigner } from 'kafkajs';
import { atMost } from '../time-limit.ts';

// kafkajs is CommonJS, and Node finds not all of its exports by name.
const { PartitionAssigners } = kafkajs;

const farewellMs = 2_000;

interface Seat {
  readonly groupId: string;
  readonly memberId: string;
}

/** What kafkajs can ask a coordinator, but does not say in its types. */
interface Coordinator {
  leaveGroup(seat: Seat): Promise<unknown>;
}

/**
 * The last member that a process had in a group, from one life of a consumer to the next. While Kafka was away it could not say
 * goodbye, and whoever joins would wait until its session is over: the next one says it in its name.
 */
export class FormerMember {
  #seat: Seat | undefined;
  #cluster: Cluster | undefined;

  /** To be among the settings of every member: kafkajs shows its connections to those alone who share out the partitions. */
  readonly assigner: PartitionAssigner = (surroundings) => {
    this.#cluster = surroundings.cluster;
    return PartitionAssigners.roundRobin(surroundings);
  };

  /** Call it whenever a member has joined. */
  note(seat: Seat): void {
    this.#seat = seat;
  }

  /** Never rejects: whoever has left is not known any more, which is as well. The new member must be connected. */
  async leave(): Promise<void> {
    if (this.#seat) await atMost(farewellMs, this.#leave(this.#seat));
  }

  async #leave(seat: Seat): Promise<void> {
    const coordinator = await this.#cluster?.findGroupCoordinator({ groupId: seat.groupId });
    await (coordinator as Coordinator | undefined)?.leaveGroup(seat);
  }
}
