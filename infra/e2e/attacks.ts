/** Texts that mean something to whatever lies behind an HTTP interface: none of them may reach it as more than text. */
export const attackTexts: Readonly<Record<string, string>> = {
  'SQL that is always true': "' OR '1'='1' --",
  'SQL that deletes': "x'; DROP TABLE orders; --",
  'SQL that waits': "1'); SELECT pg_sleep(30); --",
  'SQL of a number': '0 UNION SELECT 1',
  'a placeholder': '$1',
  'a NUL': 'mug\0',
  'half a character': 'mug\ud800',
  'a query of Elasticsearch': '{"match_all":{}}',
  'a query string of Elasticsearch': '*:* OR _exists_:customerId',
  'a script of Elasticsearch': '{"script":{"source":"ctx._source.total=0"}}',
  'a regular expression': '/(a+)+$/',
  'brackets without an end': '(((((((((("[{',
  'a prototype': '__proto__',
  'a prototype by its constructor': 'constructor.prototype',
  'a path upwards': '../../etc/passwd',
  'a path upwards, encoded': '..%2f..%2finternal%2ffaults',
  'another header': 'a\r\nx-injected: yes',
  'a command': '$(sleep 30) `sleep 30` ; sleep 30',
  'a lookup of a logger': `$\{jndi:ldap://127.0.0.1/a}`,
  'a page': '<script>alert(1)</script>',
  'a format': '%s%n%x',
  'ten thousand characters': 'x'.repeat(10_000),
};

/** Bodies that are made to harm whatever reads them. Each must be refused, by every operation that has a body. */
export const attackBodies: Readonly<Record<string, string>> = {
  'a prototype': '{"__proto__":{"admin":true}}',
  'a prototype further in': '{"items":[{"__proto__":{"admin":true}}]}',
  'a prototype by its constructor': '{"constructor":{"prototype":{"admin":true}}}',
  'a prototype, escaped': '{"\\u005f_proto__":{"admin":true}}',
  '100,000 levels of arrays': '['.repeat(100_000) + ']'.repeat(100_000),
  '100,000 levels of objects': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  'no end': '{"payload":',
  'two values': '{}{}',
  'a number of a thousand digits': '9'.repeat(1_000),
  'a text': '"DROP TABLE orders"',
};
