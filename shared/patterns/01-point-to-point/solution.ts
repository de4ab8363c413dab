type Deliver = (task: string) => void;

interface Worker {
  readonly prefetch: number;
  readonly deliver: Deliver;
  readonly inHand: string[];
}

export function createQueue() {
  const ready: string[] = [];
  /** Whose turn it is stands first. */
  const turns: string[] = [];
  const workers = new Map<string, Worker>();

  function handOut(): void {
    for (;;) {
      const name = turns.find((each) => hasRoom(workers.get(each)));
      const worker = workers.get(name ?? '');
      if (name === undefined || !worker || ready.length === 0) return;
      const task = ready.shift() as string;
      worker.inHand.push(task);
      turns.push(...turns.splice(turns.indexOf(name), 1));
      worker.deliver(task);
    }
  }

  return {
    send(task: string): void {
      ready.push(task);
      handOut();
    },
    join(name: string, prefetch: number, deliver: Deliver): void {
      workers.set(name, { prefetch, deliver, inHand: [] });
      turns.push(name);
      handOut();
    },
    ack(name: string, task: string): void {
      const inHand = workers.get(name)?.inHand ?? [];
      const position = inHand.indexOf(task);
      if (position >= 0) inHand.splice(position, 1);
      handOut();
    },
    leave(name: string): void {
      const worker = workers.get(name);
      if (!worker) return;
      ready.unshift(...worker.inHand);
      workers.delete(name);
      turns.splice(turns.indexOf(name), 1);
      handOut();
    },
  };
}

function hasRoom(worker: Worker | undefined): boolean {
  return worker !== undefined && worker.inHand.length < worker.prefetch;
}
