/**
 * Whether `json` opens more than `limit` objects and arrays within each other. Such a text can be parsed, and then whatever
 * walks through it, to write it again for one, runs out of stack.
 */
export function nestsDeeperThan(limit: number, json: string): boolean {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < json.length; i += 1) {
    const character = json[i];
    // What a backslash protects, a quotation mark above all, ends no text.
    if (isText && character === '\\') i += 1;
    else if (character === '"') isText = !isText;
    else if (isText) continue;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}
