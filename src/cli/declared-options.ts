/** Makes the command's options of what is declared: names, descriptions, choices, defaults and parsers. */
import { Option, type Command } from 'commander';
import type { CommandDeclaration } from '../declare.js';
import { collect, matching, seconds, wholeNumber } from './parse.js';

/** All of them, in their order; `refine` says what only the command line knows, such as what excludes what. */
export function addDeclared(
  command: Command,
  declarations: Readonly<Record<string, CommandDeclaration>>,
  refine: Readonly<Record<string, (option: Option) => Option>> = {},
): void {
  for (const [name, declared] of Object.entries(declarations)) {
    const option = optionOf(name, declared);
    command.addOption(refine[name]?.(option) ?? option);
  }
}

function optionOf(name: string, declared: CommandDeclaration): Option {
  const { says, otherwise } = declared;
  const option = new Option(
    flagsOf(name, declared),
    otherwise === undefined ? says : `${says} (default: ${otherwise})`,
  );
  switch (declared.kind) {
    case 'switch':
      return option;
    case 'choice':
      return withDefault(option.choices(declared.choices), declared.standard);
    case 'integer':
      return withDefault(option.argParser(wholeNumber(declared.least, declared.most)), declared.standard);
    case 'duration':
      return withDefault(
        option.argParser(seconds),
        declared.standard === undefined ? undefined : declared.standard / 1000,
      );
    case 'seconds':
      return option.argParser(seconds);
    case 'list':
      return option.argParser(collect);
    case 'word':
      return option.argParser(declared.parse);
    case 'text': {
      const { pattern, advice = '', standard } = declared;
      return withDefault(pattern === undefined ? option : option.argParser(matching(pattern, advice)), standard);
    }
  }
}

function withDefault(option: Option, standard: unknown): Option {
  return standard === undefined ? option : option.default(standard);
}

/** `flipTimeoutMs`, which is in seconds here, becomes `--flip-timeout <s>`. */
function flagsOf(name: string, declared: CommandDeclaration): string {
  const bare = declared.kind === 'duration' ? name.replace(/Ms$/, '') : name;
  const flag = `--${bare.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return [flag, valueOf(declared)].filter((part) => part !== undefined).join(' ');
}

function valueOf(declared: CommandDeclaration): string | undefined {
  switch (declared.kind) {
    case 'switch':
      return undefined;
    case 'integer':
      return '<n>';
    case 'duration':
    case 'seconds':
      return '<s>';
    default:
      return declared.value;
  }
}
