import { useSyncExternalStore } from 'react';

const key = 'conveyor-admin-token';

export interface TokenQuestion {
  /** Why it is asked for again; undefined the first time. */
  readonly refused: string | undefined;
  readonly answer: (token: string | undefined) => void;
}

/** The question that waits for an answer. Calls that need it meanwhile wait for the same. */
let asking: (TokenQuestion & { readonly answered: Promise<string | undefined> }) | undefined;
const listeners = new Set<() => void>();

/** For this tab and until it is closed. */
export function keptToken(): string | undefined {
  return sessionStorage.getItem(key) ?? undefined;
}

export function forgetToken(): void {
  sessionStorage.removeItem(key);
}

/** Asks the person at the page. Undefined: she does not want to say. */
export function askForToken(refused?: string): Promise<string | undefined> {
  if (asking) return asking.answered;
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  asking = {
    refused,
    answered: promise,
    answer: (token) => {
      if (token !== undefined) sessionStorage.setItem(key, token);
      asking = undefined;
      for (const listener of listeners) listener();
      resolve(token);
    },
  };
  for (const listener of listeners) listener();
  return promise;
}

export function useTokenQuestion(): TokenQuestion | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => asking,
  );
}
