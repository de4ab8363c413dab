import { statusOf } from '../../infra/local/control.ts';
import { controlPath, enterRoot } from '../../infra/local/local-stack.ts';

/** Where the stack that runs on this machine answers; undefined when none does. */
export async function localGateway(): Promise<string | undefined> {
  enterRoot();
  return (await statusOf(controlPath))?.url;
}
