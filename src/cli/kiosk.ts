/** `guesthead kiosk -- COMMAND`: runs a Wayland client, full screen. */
import type { Command } from 'commander';
import { kioskConfigName, withConfigFile } from './config.js';
import { addDeclared } from './declared-options.js';
import { GuestheadError } from '../errors.js';
import { exitStatus, failureJson, noDeviceStatus, sayFailure } from './failure.js';
import { kioskOptions, type KioskOptions } from './kiosk-options.js';
import { describeReport, wantsColour } from './probe-text.js';
import { forTerminal } from './word-wrap.js';

export function addKioskCommand(program: Command): void {
  const command = program.command('kiosk').argument('[command...]', 'the client and its arguments, after --');
  addDeclared(command, kioskOptions);
  command
    .description('runs a Wayland client full screen on a head, and ends with it')
    .action((client: string[], options: KioskOptions) =>
      options.check === true ? checkAndPrint(options) : runAndPrint(client, options),
    );
  withConfigFile(command, kioskConfigName);
}

async function runAndPrint(client: readonly string[], options: KioskOptions): Promise<void> {
  try {
    if (client.length === 0) throw noClient();
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

function noClient(): GuestheadError {
  return new GuestheadError('ERR_USAGE', 'No client is named', {
    advice: 'give it after --, as in `guesthead kiosk -- weston-simple-egl -f`',
  });
}

async function checkAndPrint(options: KioskOptions): Promise<void> {
  const [{ checkKiosk }, { restoreOnSignals }] = await Promise.all([
    import('./kiosk-check.js'),
    import('../head/index.js'),
  ]);
  const endRestoring = restoreOnSignals();
  const report = await checkKiosk(options).finally(endRestoring);
  const text = () => forTerminal(describeReport(report, wantsColour(), 'kiosk --check'), process.stdout);
  process.stdout.write(`${options.json === true ? JSON.stringify(report) : text()}\n`);
  process.exitCode = report.verdict.status === 'ok' ? 0 : noDeviceStatus;
}
