/** Whether a command line of the documents is one that there is: asked of the command's own parser. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';
import { createProgram } from '../../src/cli/program.js';
import { packageRoot } from '../../src/package-root.js';

/** What is wrong with a line of shell, or undefined. Programs that are not the project's are taken as they are. */
export function faultOfLine(line: string): string | undefined {
  return simpleCommands(wordsOf(line))
    .map(faultOfCommand)
    .find((fault) => fault !== undefined);
}

/** Quotes are taken off; what a shell would expand stays as it stands. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/['"]/g, ''));
}

/** Between `&&`, `|`, `;` and the like; without redirections, assignments and what only changes the user. */
function simpleCommands(words: readonly string[]): string[][] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (/^(\|\|?|&&?|;)$/.test(word)) commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.map((command) => {
    const redirection = command.findIndex((word) => /^\d?[<>]/.test(word));
    const whole = redirection < 0 ? command : command.slice(0, redirection);
    return whole.slice(whole.findIndex((word) => !/^[A-Z_]+=/.test(word) && word !== 'sudo' && word !== 'if'));
  });
}

function faultOfCommand([program = '', ...args]: readonly string[]): string | undefined {
  switch (program) {
    case 'npx':
      return faultOfCommand(args);
    case 'guesthead':
      return faultOfGuesthead(args);
    case 'npm':
      return faultOfNpm(args);
    case 'node':
      return faultOfNode(args);
    default:
      return undefined;
  }
}

const scripts = Object.keys(
  (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts,
);

function faultOfNpm(args: readonly string[]): string | undefined {
  const [command = '', name = ''] = args;
  if (command === 'start') return args[1] === '--' ? faultOfGuesthead(['run', ...args.slice(2)]) : undefined;
  if (command !== 'run') return undefined;
  return scripts.includes(name) ? undefined : `npm run ${name}: there is no such script`;
}

/** The file must be there. */
function faultOfNode(args: readonly string[]): string | undefined {
  const file = args.find((word) => /\.[cm]?[jt]s$/.test(word));
  return file === undefined || existsSync(join(packageRoot, file)) ? undefined : `there is no ${file}`;
}

function faultOfGuesthead(args: readonly string[]): string | undefined {
  let command: Command = createProgram();
  let rest = [...args];
  for (;;) {
    const next = command.commands.find((sub) => sub.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest = rest.slice(1);
  }
  if (command.commands.length > 0 && rest.some((word) => !word.startsWith('-')))
    return `${command.name()} has no command ${rest[0] ?? ''}`;
  return faultOfOptions(command, rest);
}

/** The options to the first `--`; what follows is a command line in its turn. */
function faultOfOptions(command: Command, words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  if (own.includes('--help')) return undefined;
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    const [unknown] = command.parseOptions([...own]).unknown;
    if (unknown !== undefined) return `${command.name()} has no option ${unknown}`;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  return end < 0 ? undefined : faultOfCommand(words.slice(end + 1));
}
