/**
 * Asks RabbitMQ's management interface, as a person at its page does. `managementUrl` holds user and password; `path` is below `/api/`.
 *
 * @throws Error when it answers with anything but a success.
 */
export async function askRabbitMq<Answer>(
  managementUrl: string,
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: object } = {},
): Promise<Answer> {
  const url = new URL(`/api/${path}`, managementUrl);
  const authorization = `Basic ${btoa(`${url.username}:${url.password}`)}`;
  [url.username, url.password] = ['', ''];
  const response = await fetch(url, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    // Whoever asks may do so while RabbitMQ is being killed.
    signal: AbortSignal.timeout(30_000),
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`RabbitMQ answered ${response.status} to ${method} ${path}`);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as Answer;
}
