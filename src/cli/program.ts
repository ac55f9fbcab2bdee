/** The command with all that it knows: what runs it, completes it and describes it uses this one. */
import { Command, CommanderError, Help } from 'commander';
import { addBuildAddonCommand } from './build-addon.js';
import { addCompareCommand } from './compare.js';
import { addCompletionCommand } from './completion.js';
import { addHostCommand } from './host.js';
import { addKioskCommand } from './kiosk.js';
import { addLabCommand } from './lab.js';
import { helpBelow } from './manual.js';
import { addProbeCommand } from './probe.js';
import { addRunCommand } from './run.js';
import { addShareCommand } from './share.js';
import { versionLines } from './version.js';
import { forTerminal, wrapped } from './word-wrap.js';

const commands: Readonly<Record<string, (program: Command) => void>> = {
  run: addRunCommand,
  share: addShareCommand,
  kiosk: addKioskCommand,
  probe: addProbeCommand,
  compare: addCompareCommand,
  lab: addLabCommand,
  host: addHostCommand,
  completion: addCompletionCommand,
  'build-addon': addBuildAddonCommand,
};

/**
 * Each command is a file of its own, which loads what it needs when it is called. With the name
 * of one it has that one only, which takes less time; `completion` tells of all, and so has all. Throws CommanderError instead of exiting.
 */
export function createProgram(name = ''): Command {
  const program = new Command('guesthead')
    .description("Gives a virtual machine's headless GPU a head.")
    .addHelpText('after', helpBelow())
    .option('-V, --version', 'print the version, and what of Node, addon and sources it is')
    .on('option:version', printVersion)
    .configureHelp({ formatItem: helpItem })
    .configureOutput({
      writeOut: (text) => process.stdout.write(forTerminal(text, process.stdout)),
      writeErr: (text) => process.stderr.write(forTerminal(text, process.stderr)),
    })
    .enablePositionalOptions()
    .exitOverride();
  const adders = Object.hasOwn(commands, name) && name !== 'completion' ? [commands[name]] : Object.values(commands);
  for (const add of adders) add?.(program);
  nameHelp(program, 'guesthead');
  return program;
}

/** A wrong word is answered with the help of the command that does not know it. */
function nameHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(${words} --help lists what there is)`);
  for (const each of command.commands) nameHelp(each, `${words} ${each.name()}`);
}

/** Columns that a description needs beside its term; on a narrower terminal it stands below it. */
const besideTerm = 30;

function helpItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const width = helper.helpWidth ?? 80;
  if (description === '' || width - termWidth >= besideTerm)
    return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
  return `  ${term}\n${wrapped(`      ${description}`, width)}`;
}

function printVersion(): never {
  process.stdout.write(`${versionLines().join('\n')}\n`);
  throw new CommanderError(0, 'commander.version', '');
}
