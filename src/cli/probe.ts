/** `guesthead probe`: whether this machine can do it, and if not, what to change. */
import type { Command } from 'commander';
import { noDeviceStatus } from './failure.js';
import { probeOptions } from '../probe/declared.js';
import type { ProbeOptions } from '../probe/index.js';
import { addDeclared } from './declared-options.js';
import { forTerminal } from './word-wrap.js';

interface ProbeCliOptions extends ProbeOptions {
  readonly json?: boolean;
}

export function addProbeCommand(program: Command): void {
  const command = program.command('probe');
  addDeclared(command, probeOptions);
  command
    .description('says whether this machine can do it, which path `auto` would take, and if not, what to change')
    .option('--json', 'print one JSON object on the last line (its schema: schemas/probe.schema.json)')
    .action(async (options: ProbeCliOptions) => {
      const [{ probe }, { restoreOnSignals }, { describeReport, wantsColour }] = await Promise.all([
        import('../probe/index.js'),
        import('../head/index.js'),
        import('./probe-text.js'),
      ]);
      const endRestoring = restoreOnSignals(); // with --flip there is something to restore
      const report = await probe(options).finally(endRestoring);
      const text =
        options.json === true
          ? JSON.stringify(report)
          : forTerminal(describeReport(report, wantsColour()), process.stdout);
      process.stdout.write(`${text}\n`);
      process.exitCode = report.verdict.status === 'ok' ? 0 : noDeviceStatus;
    });
}
