import { useEffect, useRef, useState } from 'react';
import { type TokenQuestion, useTokenQuestion } from './api/admin-token.ts';
import { Field } from './parts/field.tsx';

/** What a header can carry, and a service can have been told. */
const sendable = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;

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
      {question && <TokenForm question={question} />}
    </dialog>
  );
}

/** Lives as long as one question: what was said of an answer to it means nothing to the next one. */
function TokenForm({ question }: { readonly question: TokenQuestion }) {
  const [isOdd, setOdd] = useState(false);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget).get('token');
        const token = typeof given === 'string' ? given.trim() : '';
        setOdd(!sendable.test(token));
        if (sendable.test(token)) question.answer(token);
      }}
    >
      <h2 id="token-title">Admin token</h2>
      <p>
        What follows can change or break the running system, so it asks who you are, once. With Docker Compose
        the token is <code>local-demo</code>; <code>npm start</code> prints its own and keeps it in{' '}
        <code>.local/admin-token</code>.
      </p>
      {question.refused && (
        <p className="notice is-bad" role="alert">
          {question.refused}
        </p>
      )}
      {isOdd && (
        <p className="notice is-bad" role="alert">
          A token has letters, digits and signs of a plain keyboard only. A character that cannot be seen may
          have been copied with it.
        </p>
      )}
      <Field label="Token" hint="Kept in this tab until you close it.">
        {(ids) => (
          <input {...ids} className="input mono" name="token" type="password" autoComplete="off" required />
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
  );
}
