import { useState } from 'react';

interface DeleteButtonProps {
  /** After "Delete": what is deleted, if it is not plain. */
  readonly what?: string;
  readonly isDisabled: boolean;
  readonly onDelete: () => Promise<void>;
}

/** Asks once more: what is deleted does not come back. */
export function DeleteButton({ what = '', isDisabled, onDelete }: DeleteButtonProps) {
  const [isSure, setSure] = useState(false);
  if (!isSure)
    return (
      <button type="button" className="button is-danger" disabled={isDisabled} onClick={() => setSure(true)}>
        Delete {what}
      </button>
    );
  return (
    <>
      <button
        type="button"
        className="button is-danger"
        disabled={isDisabled}
        onClick={() => void onDelete().then(() => setSure(false))}
      >
        Really delete {what}
      </button>
      <button type="button" className="button" onClick={() => setSure(false)}>
        Keep
      </button>
    </>
  );
}
