#!/usr/bin/env node
/** `guesthead …`: only dispatches; each command is a file of its own, loaded when it is called. */
import { Command, CommanderError } from 'commander';
import { addCompareCommand } from './compare.js';
import { addHostCommand } from './host.js';
import { addLabCommand } from './lab.js';
import { addProbeCommand } from './probe.js';
import { addRunCommand } from './run.js';
import { exitStatus, failureLines, usageStatus } from './failure.js';

const program = new Command('guesthead')
  .description("Gives a virtual machine's headless GPU a head.")
  .enablePositionalOptions()
  .exitOverride()
  .showHelpAfterError('(guesthead --help lists what there is)');
addRunCommand(program);
addProbeCommand(program);
addCompareCommand(program);
addLabCommand(program);
addHostCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : usageStatus;
  } else {
    for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
    process.exitCode = exitStatus(error);
  }
}
