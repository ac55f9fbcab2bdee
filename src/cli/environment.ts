/** Variables for a command elsewhere, as `--env NAME[=VALUE]` names them. */
import { GuestheadError } from '../errors.js';

/** The last of a name wins. Throws ERR_USAGE for what is no name, and for a name without a value here. */
export function environmentOf(
  asked: readonly string[],
  own: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  return Object.fromEntries(asked.map((word) => variable(word, own)));
}

function variable(word: string, own: Readonly<Record<string, string | undefined>>): readonly [string, string] {
  const [, name, given] = /^([A-Za-z_]\w*)(?:=([^]*))?$/.exec(word) ?? [];
  if (name === undefined)
    throw new GuestheadError('ERR_USAGE', `--env ${word} names no variable`, { advice: 'write NAME or NAME=VALUE' });
  const value = given ?? own[name];
  if (value !== undefined) return [name, value];
  throw new GuestheadError('ERR_USAGE', `--env ${name}: there is no such variable here`, {
    advice: `write --env ${name}=VALUE`,
  });
}
