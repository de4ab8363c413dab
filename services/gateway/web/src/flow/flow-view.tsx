import type { Flow } from '@conveyor/contracts/http';
import { useMemo, useRef, useState } from 'react';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Choices } from '../parts/choices.tsx';
import { Field } from '../parts/field.tsx';
import { Empty, ErrorNotice, Loading } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { ScrollX } from '../parts/scroll-x.tsx';
import { type History, withDepths } from './depth-history.ts';
import { DepthTable } from './depth-table.tsx';
import { layOutFlow, type Shown } from './flow-layout.ts';
import { FlowMap } from './flow-map.tsx';
import { NodePanel } from './node-panel.tsx';
import './flow.css';

const everyMs = 1_000;

const brokers = [
  { value: 'kafka', title: 'Kafka' },
  { value: 'rabbitmq', title: 'RabbitMQ' },
] as const;

export function FlowView() {
  const { answer, error, isLoading, reload } = useAnswer(
    'flow',
    (signal) => call<Flow>('/api/flow', { signal }),
    everyMs,
  );
  const history = useHistory(answer);
  const [shown, setShown] = useState<Shown>({ broker: 'kafka' });
  const [selected, setSelected] = useState<string>();
  const services = answer?.nodes.filter(({ kind }) => kind === 'service').map(({ name }) => name) ?? [];
  const node = answer?.nodes.find(({ id }) => id === selected);
  return (
    <>
      <PageHead title="How messages flow">
        From left to right: who sends, where it is sent to, where it waits, who takes it. A number at a queue
        says how many messages wait there. Choose anything to see what it is for.
      </PageHead>
      <div className="card flow-filter">
        <Choices
          legend="Broker"
          choices={brokers}
          value={shown.broker}
          onChange={(broker) => setShown({ ...shown, broker })}
          isInline
        />
        <Field label="Service">
          {(ids) => (
            <select
              {...ids}
              className="input"
              value={shown.service ?? ''}
              onChange={(event) => setShown({ ...shown, service: event.currentTarget.value || undefined })}
            >
              <option value="">all of them</option>
              {services.toSorted().map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {isLoading && <Loading what="the map" />}
      <ErrorNotice error={error} retry={reload} />
      {answer && (
        <div className={node ? 'columns has-node-panel' : 'columns'}>
          <div className="stack">
            <Picture
              flow={answer}
              shown={shown}
              isNarrow={node !== undefined}
              history={history}
              selected={selected}
              onSelect={setSelected}
            />
            <DepthTable flow={answer} shown={shown} history={history} onSelect={setSelected} />
          </div>
          {node && (
            <NodePanel
              key={node.id}
              node={node}
              flow={answer}
              depths={history.get(node.id) ?? []}
              onChanged={reload}
              onClose={() => setSelected(undefined)}
            />
          )}
        </div>
      )}
    </>
  );
}

interface PictureProps {
  readonly flow: Flow;
  readonly shown: Shown;
  readonly isNarrow: boolean;
  readonly history: History;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

function Picture({ flow, shown, isNarrow, history, selected, onSelect }: PictureProps) {
  const picture = useMemo(() => layOutFlow(flow, shown, isNarrow), [flow, shown, isNarrow]);
  return (
    <section className="card" aria-label="Map of the messages">
      {picture.boxes.length === 0 ? (
        <Empty>There is nothing of this service on this broker.</Empty>
      ) : (
        <ScrollX label="Who sends what where, and who takes it; the numbers are told below as a table">
          <FlowMap picture={picture} history={history} selected={selected} onSelect={onSelect} />
        </ScrollX>
      )}
      <p className="small soft">
        ◷ waits for its time &nbsp; ✕ given up, among the dead letters &nbsp; ‖ paused &nbsp; ▲ rising &nbsp;
        ▼ falling
      </p>
    </section>
  );
}

/** One more number with each answer; the same answer drawn again adds none. */
function useHistory(flow: Flow | undefined): History {
  const kept = useRef<{ readonly at: string; readonly history: History }>({ at: '', history: new Map() });
  if (flow && flow.at !== kept.current.at)
    kept.current = { at: flow.at, history: withDepths(kept.current.history, flow) };
  return kept.current.history;
}
