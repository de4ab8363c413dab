import { memo } from 'react';
import { duration } from '../parts/formats.ts';
import { type Happening, wordsOf } from './happening.ts';

interface HappeningListProps {
  readonly entries: readonly Happening[];
  readonly onSelect: (messageId: string) => void;
}

/** The same as the picture, in words. */
export const HappeningList = memo(({ entries, onSelect }: HappeningListProps) => {
  const start = Date.parse(entries[0]?.at ?? '');
  return (
    <details className="card">
      <summary>
        <h2>The same in words</h2>
      </summary>
      <ol className="happenings">
        {entries.map((entry, n) => {
          const { messageId, at, service } = entry;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id here, and none is ever inserted but in order.
            <li key={n}>
              <span className="number soft small">+{duration(Date.parse(at) - start)}</span>
              <strong>{service}</strong>
              <span>
                {wordsOf(entry)}{' '}
                {messageId && (
                  <button type="button" className="link small" onClick={() => onSelect(messageId)}>
                    message <span className="out-of-sight">{messageId}</span>
                  </button>
                )}
              </span>
            </li>
          );
        })}
      </ol>
    </details>
  );
});
