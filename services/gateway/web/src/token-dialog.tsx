import { useEffect, useRef } from 'react';
import { useTokenQuestion } from './api/admin-token.ts';
import { Field } from './parts/field.tsx';

/** Asks for the admin token when a call needs it; nothing to be seen otherwise. */
export function TokenDialog() {
  const question = useTokenQuestion();
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    if (question) dialog.current?.showModal();
    else dialog.current?.close();
  }, [question]);

  return (
    <dialog ref={dialog} aria-labelledby="token-title" onCancel={() => question?.answer(undefined)}>
      {question && (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            const given = new FormData(event.currentTarget).get('token');
            if (typeof given === 'string' && given.trim()) question.answer(given.trim());
          }}
        >
          <h2 id="token-title">Admin token</h2>
          <p>
            What follows can change or break the running system, so it asks who you are, once. With Docker
            Compose the token is <code>local-demo</code>; <code>npm start</code> prints its own and keeps it
            in <code>.local/admin-token</code>.
          </p>
          {question.refused && (
            <p className="notice is-bad" role="alert">
              {question.refused}
            </p>
          )}
          <Field label="Token" hint="Kept in this tab until you close it.">
            {(ids) => (
              <input
                {...ids}
                className="input mono"
                name="token"
                type="password"
                autoComplete="off"
                required
              />
            )}
          </Field>
          <div className="row">
            <button type="submit" className="button is-main">
              Go on
            </button>
            <button type="button" className="button" onClick={() => question.answer(undefined)}>
              Not now
            </button>
          </div>
        </form>
      )}
    </dialog>
  );
}
