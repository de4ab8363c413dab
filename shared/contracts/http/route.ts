import type { TSchema } from 'typebox';

/** One HTTP operation: the service that owns it validates by these schemas, the gateway documents and forwards it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly service: 'order' | 'order-query' | 'inventory' | 'sandbox' | 'gateway';
  readonly summary: string;
  /** Needs `Authorization: Bearer $ADMIN_TOKEN`, checked by the gateway. */
  readonly admin?: true;
  /** Answers 200 with Server-Sent Events; the schema is that of one event. */
  readonly streams?: true;
  readonly schema: {
    readonly params?: TSchema;
    readonly querystring?: TSchema;
    readonly headers?: TSchema;
    readonly body?: TSchema;
    readonly response: Readonly<Record<number, TSchema>>;
  };
}
