/** `guesthead run`: opens a head, flips a pattern, judges what it measured. */
import { Option, type Command } from 'commander';
import { pathNames } from '../buffer/index.js';
import { patternNames } from '../render/index.js';
import { failureJson, failureLines, exitStatus, failStatus } from './failure.js';
import { seconds, wholeNumber } from './parse.js';
import type { RunOptions } from './run-options.js';

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('flips a test pattern on a head until --frames, --seconds or Ctrl-C, and says how well it went')
    .option('--render <node|driver|pci>', 'the GPU that allocates the buffers', 'auto')
    .option('--display <node|driver|pci>', 'the device that shows them', 'auto')
    .option('--connector <name>', 'a connector of the display (default: the first connected)')
    .option('--mode <WxH[@R]>', 'a mode of the connector (default: the preferred one)')
    .addOption(
      new Option('--path <name>', 'how pixels come to the display').choices(['auto', ...pathNames]).default('import'),
    )
    .option('--buffers <n>', 'backbuffers, 2 to 16', wholeNumber(0), 4)
    .addOption(
      new Option('--pattern <name>', 'what to draw (default: bars; counter where a lab takes captures)').choices(
        patternNames,
      ),
    )
    .addOption(new Option('--frames <n>', 'end after so many flips').argParser(wholeNumber(1)).conflicts('seconds'))
    .addOption(new Option('--seconds <s>', 'end after so long').argParser(seconds))
    .option('--json', 'print one JSON object on the last line')
    .action(async (options: RunOptions) => {
      await runAndPrint(options);
    });
}

async function runAndPrint(options: RunOptions): Promise<void> {
  try {
    const [{ runHead }, { describeRun }] = await Promise.all([import('./run-head.js'), import('../report/index.js')]);
    const result = await runHead(options);
    const lines = options.json === true ? [JSON.stringify(result)] : describeRun(result);
    process.stdout.write(`${lines.join('\n')}\n`);
    process.exitCode = result.verdict === 'pass' ? 0 : failStatus;
  } catch (error) {
    for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
    if (options.json === true) process.stdout.write(`${JSON.stringify(failureJson(error))}\n`);
    process.exitCode = exitStatus(error);
  }
}
