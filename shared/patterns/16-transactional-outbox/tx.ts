/** What a query returns: the part of node-postgres' result that is used here. */
export interface QueryResult<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** An open PostgreSQL transaction, as far as the patterns need to know it. */
export interface Tx {
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
}

/** Opens transactions. `work` resolving commits, rejecting rolls back and rejects with the same error. */
export interface Database {
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}
