import { call } from '../api/call.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorNotice } from './notices.tsx';

interface PauseButtonProps {
  readonly consumer: string;
  readonly paused: boolean;
  readonly onChanged: () => void;
}

/** Lets a consumer take nothing more for a while: what is sent to it piles up, and none of it is lost. */
export function PauseButton({ consumer, paused, onChanged }: PauseButtonProps) {
  const change = useAction(async () => {
    const path = `/api/consumers/${encodeURIComponent(consumer)}`;
    await call(path, { method: 'PUT', admin: true, body: { paused: !paused } });
    onChanged();
  });
  return (
    <>
      <button
        type="button"
        className="button is-small"
        disabled={change.isBusy}
        aria-label={`${paused ? 'Resume' : 'Pause'} ${consumer}`}
        onClick={() => void change.run()}
      >
        {paused ? '▷ Resume' : '‖ Pause'}
      </button>
      <ErrorNotice error={change.error} />
    </>
  );
}
