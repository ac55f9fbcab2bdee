/** `guesthead …`: only dispatches, and turns what was thrown into lines and a status. */
import { CommanderError } from 'commander';
import { wantsAscii, writeAscii } from './ascii.js';
import { exitStatus, sayFailure, usageStatus } from './failure.js';
import { createProgram } from './program.js';
import { endWithReader } from './reader-gone.js';

/** A function of its own, for the bundle is no ES module: it has no await outside of one. */
async function main(): Promise<void> {
  endWithReader();
  if (wantsAscii(process.env)) for (const stream of [process.stdout, process.stderr]) writeAscii(stream);
  try {
    await createProgram(process.argv[2]).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : usageStatus;
    } else {
      sayFailure(error);
      process.exitCode = exitStatus(error);
    }
  }
}

void main();
