import { useEffect, useRef, useState } from 'react';

interface DeleteButtonProps {
  /** After "Delete": what is deleted, if it is not plain. */
  readonly what?: string;
  readonly isDisabled: boolean;
  readonly onDelete: () => Promise<void>;
}

/** Asks once more: what is deleted does not come back. */
export function DeleteButton({ what = '', isDisabled, onDelete }: DeleteButtonProps) {
  const [isSure, setSure] = useState(false);
  const harmless = useRef<HTMLButtonElement>(null);
  const wasSure = useRef(isSure);
  // The button that was pressed is gone, and its focus with it: it goes to the one that deletes nothing.
  useEffect(() => {
    if (isSure !== wasSure.current) harmless.current?.focus();
    wasSure.current = isSure;
  }, [isSure]);
  if (!isSure)
    return (
      <button
        ref={harmless}
        type="button"
        className="button is-danger"
        disabled={isDisabled}
        onClick={() => setSure(true)}
      >
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
      <button ref={harmless} type="button" className="button" onClick={() => setSure(false)}>
        Keep
      </button>
    </>
  );
}
