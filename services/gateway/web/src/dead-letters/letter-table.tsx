import type { DeadLetterView } from '@conveyor/contracts/http';
import { BrokerBadge } from '../parts/badge.tsx';
import { clock } from '../parts/formats.ts';
import { ScrollX } from '../parts/scroll-x.tsx';
import { hrefOf } from '../routing/route.ts';

interface LetterTableProps {
  readonly letters: readonly DeadLetterView[];
  readonly selected: string | undefined;
  readonly queue: string | undefined;
}

export function LetterTable({ letters, selected, queue }: LetterTableProps) {
  return (
    <ScrollX label="Dead letters">
      <table>
        <thead>
          <tr>
            <th scope="col">Message</th>
            <th scope="col">Given up by</th>
            <th scope="col">Why</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {letters.map(({ id, type, consumer, broker, cause, attempts, diedAt }) => (
            <tr key={id} className={id === selected ? 'is-selected' : undefined}>
              <td>
                <a
                  href={hrefOf('dead-letters', id, queue ? { queue } : {})}
                  aria-current={id === selected ? 'true' : undefined}
                >
                  {type ?? 'of no known type'}
                </a>
                <br />
                <BrokerBadge broker={broker} />
              </td>
              <td>
                <a href={hrefOf('dead-letters', undefined, { queue: consumer })}>{consumer}</a>
              </td>
              <td>
                {wordsOf(cause.reason, attempts)}
                {cause.code && (
                  <>
                    <br />
                    <code className="small">{cause.code}</code>
                  </>
                )}
              </td>
              <td>
                <time dateTime={diedAt}>{clock(diedAt)}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

/** The reasons of the contract, for somebody who reads them for the first time. */
export function wordsOf(reason: string, attempts: number): string {
  if (reason === 'permanent') return 'would fail every time';
  if (reason === 'attempts-exhausted') return `failed ${attempts} times`;
  if (reason === 'process-died') return 'the process died of it';
  return reason;
}
