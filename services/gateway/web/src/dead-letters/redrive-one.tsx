import type { DeadLetterDetails, DiscardResult, RedriveResult } from '@conveyor/contracts/http';
import { useMemo, useState } from 'react';
import { call } from '../api/call.ts';
import { useAction } from '../api/use-action.ts';
import { Field } from '../parts/field.tsx';
import { ErrorNotice } from '../parts/notices.tsx';
import { DeleteButton } from './delete-button.tsx';
import { editable, edited } from './payload-text.ts';

export const offTheList = 'This dead letter is off the list.';

const outcomes: Readonly<Record<(RedriveResult | DiscardResult)['outcome'], string>> = {
  discarded: offTheList,
  redriven: 'Sent once more. Whether it goes well this time shows in its order.',
  'would-redrive': 'It would be sent once more; nothing was done.',
  'already-handled': 'Nothing to do: it was dealt with already.',
};

interface RedriveOneProps {
  readonly letter: DeadLetterDetails;
  /** What became of it, in words; undefined when something is tried anew. */
  readonly onNews: (news: string | undefined) => void;
  readonly onChanged: () => void;
}

/** Edit the body, try what would happen, send it once more, or throw it away. */
export function RedriveOne({ letter, onNews, onChanged }: RedriveOneProps) {
  const original = useMemo(() => editable(letter), [letter]);
  const [text, setText] = useState(original);
  const { run, isBusy, error } = useAction(async (task: () => Promise<void>) => {
    onNews(undefined);
    await task();
  });
  const path = `/api/dead-letters/${encodeURIComponent(letter.id)}`;

  const redrive = (dryRun: boolean) =>
    run(async () => {
      const change = edited(text, original);
      if ('wrong' in change) throw new Error(change.wrong);
      const body = { ...change, ...(dryRun && { dryRun }) };
      const { outcome } = await call<RedriveResult>(`${path}/redrive`, { method: 'POST', admin: true, body });
      onNews(outcomes[outcome]);
      if (!dryRun) onChanged();
    });
  const discard = () =>
    run(async () => {
      const { outcome } = await call<DiscardResult>(path, { method: 'DELETE', admin: true });
      onNews(outcomes[outcome]);
      onChanged();
    });

  const canSend = letter.status === 'waiting';
  const isText = letter.encoding === undefined;
  return (
    <div className="stack">
      <Field
        label="Body"
        hint={
          isText
            ? 'Edited, it is sent as the newest version of its type.'
            : 'It is no text, so it is shown as Base64 and cannot be edited here. Sent once more, it goes as it came.'
        }
      >
        {(ids) => (
          <textarea
            {...ids}
            className="input"
            rows={Math.min(16, Math.max(5, text.split('\n').length + 1))}
            spellCheck={false}
            value={text}
            readOnly={!canSend || !isText}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <div className="row">
        <button
          type="button"
          className="button is-main"
          disabled={isBusy || !canSend}
          onClick={() => void redrive(false)}
        >
          {text === original ? 'Redrive' : 'Redrive as edited'}
        </button>
        <button
          type="button"
          className="button"
          disabled={isBusy || !canSend}
          onClick={() => void redrive(true)}
        >
          Dry run
        </button>
        <DeleteButton isDisabled={isBusy || letter.status !== 'waiting'} onDelete={discard} />
      </div>
      <ErrorNotice error={error} />
    </div>
  );
}
