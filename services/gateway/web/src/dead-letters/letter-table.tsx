import type { DeadLetterView } from '@conveyor/contracts/http';
import { BrokerBadge } from '../parts/badge.tsx';
import { clock } from '../parts/formats.ts';
import { Table } from '../parts/table.tsx';
import { hrefOf } from '../routing/route.ts';

interface LetterTableProps {
  readonly letters: readonly DeadLetterView[];
  readonly selected: string | undefined;
  readonly queue: string | undefined;
}

export function LetterTable({ letters, selected, queue }: LetterTableProps) {
  return (
    <Table
      label="Dead letters"
      columns={[
        {
          title: 'Message',
          cell: ({ id, type, broker }) => (
            <>
              <a
                href={hrefOf('dead-letters', id, queue ? { queue } : {})}
                aria-current={id === selected ? 'true' : undefined}
              >
                {type ?? 'of no known type'}
              </a>
              <br />
              <BrokerBadge broker={broker} />
            </>
          ),
        },
        {
          title: 'Given up by',
          cell: ({ consumer }) => (
            <a href={hrefOf('dead-letters', undefined, { queue: consumer })}>{consumer}</a>
          ),
        },
        {
          title: 'Why',
          cell: ({ cause, attempts }) => (
            <>
              {wordsOf(cause.reason, attempts)}
              {cause.code && (
                <>
                  <br />
                  <code className="small">{cause.code}</code>
                </>
              )}
            </>
          ),
        },
        { title: 'When', cell: ({ diedAt }) => <time dateTime={diedAt}>{clock(diedAt)}</time> },
      ]}
      rows={letters}
      keyOf={({ id }) => id}
      classOf={({ id }) => (id === selected ? 'is-selected' : undefined)}
    />
  );
}

/** The reasons of the contract, for somebody who reads them for the first time. */
export function wordsOf(reason: string, attempts: number): string {
  if (reason === 'permanent') return 'would fail every time';
  if (reason === 'attempts-exhausted') return `failed ${attempts} times`;
  if (reason === 'process-died') return 'the process died of it';
  return reason;
}
