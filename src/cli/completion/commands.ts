/** What there is to complete: the program's commands, flat, each by the words that lead to it. */
import type { Argument, Command, Option } from 'commander';
import { isOptional } from '../config-options.js';

/** What a word may be: one of several, a file, or anything. */
export type Value = { readonly choices: readonly string[] } | 'file' | 'free';

export interface CompletedOption {
  /** `--path`, `-h`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Of the word that must follow, where one must. */
  readonly value: Value | undefined;
}

export interface CompletedCommand {
  /** ` lab run`: each word after a space; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  /** Its other words. */
  readonly operand: Value | undefined;
}

export function commandsOf(command: Command, path = ''): CompletedCommand[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const completed = {
    path,
    commands: subcommands.map((one) => ({ name: one.name(), description: help.subcommandDescription(one) })),
    options: help.visibleOptions(command).map(optionOf),
    operand: operandOf(command.registeredArguments),
  };
  const below = command.commands.flatMap((one) => commandsOf(one, `${path} ${one.name()}`));
  return [completed, ...below];
}

function optionOf(option: Option): CompletedOption {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined);
  const needsValue = option.required || (isOptional(option) && option.argChoices !== undefined);
  return { flags, description: option.description, value: needsValue ? valueOf(option) : undefined };
}

/** A file is told by the name of what an option takes: `<file>`, `<FILE.html>`, `<dir>`. */
function valueOf({ argChoices, flags }: Option): Value {
  if (argChoices !== undefined) return { choices: argChoices };
  const [, placeholder = ''] = /[<[](.*)[>\]]/.exec(flags) ?? [];
  return /\b(file|folder|path|dir)\b|\.(html|json)\b/i.test(placeholder) ? 'file' : 'free';
}

function operandOf([first]: readonly Argument[]): Value | undefined {
  if (first === undefined) return undefined;
  return first.argChoices === undefined ? 'file' : { choices: first.argChoices };
}

/** The options of all commands that take such a value, as ` lab run --kernel`. */
export function optionsTaking(commands: readonly CompletedCommand[], value: Value): string[] {
  const taken = (command: CompletedCommand) => command.options.filter((option) => option.value === value);
  return commands.flatMap((command) => taken(command).flatMap((option) => wordsOf(command, option)));
}

/** Each option of choices: the words that lead to them, and the choices. */
export function choicesOf(commands: readonly CompletedCommand[]): { words: string[]; choices: readonly string[] }[] {
  return commands.flatMap((command) =>
    command.options.flatMap((option) =>
      typeof option.value === 'object' ? [{ words: wordsOf(command, option), choices: option.value.choices }] : [],
    ),
  );
}

function wordsOf(command: CompletedCommand, { flags }: CompletedOption): string[] {
  return flags.map((flag) => `${command.path} ${flag}`);
}
