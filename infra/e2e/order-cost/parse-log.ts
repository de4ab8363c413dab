/** What a server logs before each entry while statements are logged: nothing of ours begins like this. */
export const linePrefix = '~%u~%p~';

/** One statement that a service has sent, in the order in which the server took them. */
export interface LoggedStatement {
  /** The role that sent it, which tells the service. */
  readonly role: string;
  /** The server's process: one for each connection. */
  readonly connection: number;
  readonly text: string;
  /** As literals of SQL: `'…'` or `NULL`. */
  readonly parameters: readonly string[];
}

const entryStart = /^~(?<role>[^~]*)~(?<pid>\d+)~(?<level>[A-Z]+): {2}(?<rest>.*)$/s;
const statementStart = /^(?:statement|execute [^:]+): (?<text>.*)$/s;

/** The statements in a piece of PostgreSQL's log, written with `log_statement = 'all'` and {@link linePrefix}. */
export function parseLog(log: string): readonly LoggedStatement[] {
  const statements: LoggedStatement[] = [];
  for (const entry of log.split(/\n(?=~)/)) {
    const found = entryStart.exec(entry.trimEnd())?.groups;
    if (!found) continue;
    const { role = '', pid, level, rest = '' } = found;
    // Further lines of one entry begin with a tab.
    const content = rest.replaceAll('\n\t', '\n');
    const statement = level === 'LOG' ? statementStart.exec(content)?.groups?.['text'] : undefined;
    const last = statements.at(-1);
    if (statement !== undefined)
      statements.push({ role, connection: Number(pid), text: tidy(statement), parameters: [] });
    else if (level === 'DETAIL' && last?.connection === Number(pid))
      statements[statements.length - 1] = { ...last, parameters: parametersOf(content) };
  }
  return statements;
}

const tidy = (text: string) => text.replace(/\s+/g, ' ').trim();

/** `Parameters: $1 = 'it''s', $2 = NULL`. */
function parametersOf(detail: string): readonly string[] {
  return [...detail.matchAll(/\$\d+ = (?<literal>NULL|'(?:[^']|'')*')/g)].map(
    ({ groups }) => groups?.['literal'] ?? 'NULL',
  );
}
