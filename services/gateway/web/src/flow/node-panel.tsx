import type { Flow, FlowNode } from '@conveyor/contracts/http';
import { BrokerBadge } from '../parts/badge.tsx';
import { count } from '../parts/formats.ts';
import { PauseButton } from '../parts/pause-button.tsx';
import { usePanelFocus } from '../parts/use-panel-focus.ts';
import { hrefOf } from '../routing/route.ts';
import type { Depth } from './depth-history.ts';
import { Sparkline } from './sparkline.tsx';

const kinds: Readonly<Record<FlowNode['kind'], string>> = {
  service: 'A program of its own, with its own database.',
  exchange:
    'Takes messages from whoever sends, and puts each into the queues whose rule it fits. It keeps nothing itself.',
  queue: 'Messages wait here until somebody has dealt with them; then they are gone.',
  topic: 'A log that is kept: whoever reads it remembers how far he has come.',
  group: 'Readers who share a topic. What waits is what they have not come to yet.',
};

interface NodePanelProps {
  readonly node: FlowNode;
  readonly flow: Flow;
  readonly depths: readonly Depth[];
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function NodePanel({ node, flow, depths, onChanged, onClose }: NodePanelProps) {
  const { heading, close } = usePanelFocus(onClose);
  const { id, kind, name, broker, chapter, consumer, waiting, paused } = node;
  const own = flow.nodes.filter(
    (other) =>
      consumer !== undefined && other.consumer === consumer && other.broker === broker && other.id !== id,
  );
  const ownIds = new Set(own.map((other) => other.id));
  const [delays, dead] = (['delay', 'dead'] as const).map((role) =>
    own.filter((other) => other.role === role),
  );
  return (
    <aside className="card node-panel" aria-labelledby="node-title">
      <div className="row is-apart">
        <h2 id="node-title" ref={heading} tabIndex={-1}>
          {name}
        </h2>
        <button type="button" className="button is-small" onClick={close}>
          Close
        </button>
      </div>
      {broker && (
        <p className="row">
          <BrokerBadge broker={broker} /> {kind}
        </p>
      )}
      <p>{kinds[kind]}</p>
      {waiting !== undefined && (
        <div>
          <p>
            <strong>{count(waiting)}</strong> waiting
          </p>
          <Sparkline depths={depths} />
        </div>
      )}
      <Ways
        title="From"
        ends={flow.links.filter(({ from, to }) => to === id && !ownIds.has(from))}
        end="from"
        flow={flow}
      />
      <Ways
        title="To"
        ends={flow.links.filter(({ from, to }) => from === id && !ownIds.has(to))}
        end="to"
        flow={flow}
      />
      <Others title="To be tried again" nodes={delays ?? []} />
      <Others title="Given up" nodes={dead ?? []} />
      {consumer && paused !== undefined && (
        <PauseButton consumer={consumer} paused={paused} onChanged={onChanged} />
      )}
      <p className="row">
        {chapter && <a href={hrefOf('patterns', chapter)}>The pattern behind it: {chapter}</a>}
        {consumer && <a href={hrefOf('dead-letters', undefined, { queue: consumer })}>Its dead letters</a>}
      </p>
    </aside>
  );
}

interface WaysProps {
  readonly title: string;
  readonly ends: Flow['links'];
  readonly end: 'from' | 'to';
  readonly flow: Flow;
}

function Ways({ title, ends, end, flow }: WaysProps) {
  if (ends.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className="node-ways small">
        {ends.map((link) => {
          const other = flow.nodes.find(({ id }) => id === link[end]);
          return (
            <li key={link[end]}>
              {other?.name ?? link[end]}
              {link.label && <span className="soft">: {link.label}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Others({ title, nodes }: { readonly title: string; readonly nodes: readonly FlowNode[] }) {
  if (nodes.length === 0) return null;
  const sum = nodes.reduce((total, { waiting = 0 }) => total + waiting, 0);
  return (
    <details className="small">
      <summary>
        {title}: <strong>{count(sum)}</strong>
      </summary>
      <ul className="node-ways">
        {nodes.map(({ id, name, waiting }) => (
          <li key={id}>
            {name}
            {waiting !== undefined && <span className="soft">: {count(waiting)}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
