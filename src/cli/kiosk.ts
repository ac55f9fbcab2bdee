/** `guesthead kiosk -- COMMAND`: runs a Wayland client, full screen. */
import type { Command } from 'commander';
import { kioskConfigName, withConfigFile } from './config.js';
import { addDeclared } from './declared-options.js';
import { exitStatus, failureJson, sayFailure } from './failure.js';
import { kioskOptions, type KioskOptions } from './kiosk-options.js';

export function addKioskCommand(program: Command): void {
  const command = program.command('kiosk').argument('<command...>', 'the client and its arguments, after --');
  addDeclared(command, kioskOptions);
  command
    .description('runs a Wayland client full screen on a head, and ends with it')
    .action((client: string[], options: KioskOptions) => runAndPrint(client, options));
  withConfigFile(command, kioskConfigName);
}

async function runAndPrint(client: readonly string[], options: KioskOptions): Promise<void> {
  try {
    const { runKiosk } = await import('./run-kiosk.js');
    const result = await runKiosk(client, options);
    process.exitCode = result.status;
    if (options.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  } catch (error) {
    sayFailure(error);
    process.exitCode = exitStatus(error);
    if (options.json === true) process.stdout.write(`${JSON.stringify(failureJson(error))}\n`);
  }
}
