/** Inside the system only: the gateway gathers the faults of all services under one public address. */
export const ownFaults = { path: '/internal/faults' } as const;
