/** The command with all that it knows: what runs it, completes it and describes it uses this one. */
import { Command } from 'commander';
import { addCompareCommand } from './compare.js';
import { addCompletionCommand } from './completion.js';
import { addHostCommand } from './host.js';
import { addLabCommand } from './lab.js';
import { helpBelow } from './manual.js';
import { addProbeCommand } from './probe.js';
import { addRunCommand } from './run.js';

/** Each command is a file of its own, which loads what it needs when it is called. Throws CommanderError instead of exiting. */
export function createProgram(): Command {
  const program = new Command('guesthead')
    .description("Gives a virtual machine's headless GPU a head.")
    .addHelpText('after', helpBelow())
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(guesthead --help lists what there is)');
  addRunCommand(program);
  addProbeCommand(program);
  addCompareCommand(program);
  addLabCommand(program);
  addHostCommand(program);
  addCompletionCommand(program);
  return program;
}
