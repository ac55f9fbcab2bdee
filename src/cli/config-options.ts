/** Which of a command's options a config file may give, and what each takes. */
import type { Command, Option } from 'commander';
import type { Takes } from './parse.js';

/** Options of one call, which no file decides: where the file is, who reads the result, and whether this is a check. */
export const notInFile: readonly string[] = ['config', 'json', 'check'];

/** The options that the file may give. */
export function configurable(command: Command): Option[] {
  return command.options.filter((option) => !option.negate && !notInFile.includes(option.attributeName()));
}

/** Pairs of options, by their names in the file, of which only one can be given. */
export function conflictsOf(command: Command): [string, string][] {
  return configurable(command).flatMap((option) => {
    const { conflictsWith } = option as Option & { conflictsWith: readonly string[] }; // which the types do not tell
    return conflictsWith.map((other): [string, string] => [option.attributeName(), other]);
  });
}

/** Of what type its value in the file is; undefined for a text. */
export function takesOf({ parseArg }: Option): Takes | undefined {
  return parseArg !== undefined && 'takes' in parseArg ? (parseArg.takes as Takes) : undefined;
}

/** Throws InvalidArgumentError; a text of choices or of a type of its own has none. */
export function parserOf(option: Option): ((text: string) => unknown) | undefined {
  const parse = option.parseArg as ((text: string, previous: unknown) => unknown) | undefined;
  if (parse === undefined || option.argChoices !== undefined || takesOf(option) !== undefined) return undefined;
  return (text) => parse(text, undefined);
}

/** Its value may be left out; `<W[@R]>` alone looks so to commander, too. */
export function isOptional(option: Option): boolean {
  return option.optional && !option.required;
}
