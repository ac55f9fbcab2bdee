/** `guesthead run`: opens a head, flips a pattern, judges what it measured. */
import { Option, type Command } from 'commander';
import { maxBuffers, minBuffers, pathNames } from '../buffer/index.js';
import { drawErrorPolicies, presentModes, updates, resizePolicies } from '../head/choices.js';
import { modeAdvice, modePattern } from '../kms/choices.js';
import { patternNames } from '../render/index.js';
import { withConfigFile } from './config.js';
import { failureJson, failureLines, exitStatus, failStatus } from './failure.js';
import { collect, listenAddress, matching, seconds, wholeNumber } from './parse.js';
import type { RunOptions } from './run-options.js';

/** A program that asks for a result wants one without having to send a signal. */
const jsonFrames = 600;

export function addRunCommand(program: Command): void {
  const command = program.command('run');
  addOptions(command);
  addOutputs(command);
  command
    .description('flips a test pattern on a head until --frames, --seconds or Ctrl-C, and says how well it went')
    .action((options: GivenOptions) => runAndPrint(runOptionsOf(options)));
  withConfigFile(command);
}

function addOptions(command: Command): void {
  command
    .option('--render <node|driver|pci>', 'the GPU that allocates the buffers', 'auto')
    .option('--display <node|driver|pci>', 'the device that shows them', 'auto')
    .option('--connector <name>', 'a connector; several of them, or all (default: the first connected)', collect)
    .option(
      '--mode <WxH[@R]>',
      'a mode of the connector (default: the preferred one)',
      matching(modePattern, modeAdvice),
    )
    .addOption(
      new Option('--path <name>', 'how pixels come to the display (default: import; export with dirtyfb)').choices([
        'auto',
        ...pathNames,
      ]),
    )
    .addOption(
      new Option('--update <how>', 'page flips, or one dumb buffer flushed by DIRTYFB')
        .choices(updates)
        .default('flip'),
    )
    .addOption(
      new Option('--present-mode <order>', 'every frame in its turn, or always the newest')
        .choices(presentModes)
        .default('fifo'),
    )
    .option('--deadline', 'draw as late as the measured drawing time allows')
    .addOption(
      new Option('--on-resize <what>', 'when the host resizes the head (default: follow; keep with --mode)').choices(
        resizePolicies,
      ),
    )
    .addOption(new Option('--on-draw-error <what>', 'when a drawing fails').choices(drawErrorPolicies).default('end'))
    .option('--flip-timeout <s>', 'report a flip that takes longer', seconds, 2)
    .option('--wait', 'wait while another process is DRM master')
    .option('--reopen', 'go on when a lost device comes back')
    .option('--buffers <n>', `backbuffers, ${minBuffers} to ${maxBuffers}`, wholeNumber(minBuffers, maxBuffers), 4)
    .addOption(
      new Option('--pattern <name>', 'what to draw (default: bars; counter where a lab takes captures)').choices(
        patternNames,
      ),
    )
    .addOption(
      new Option('--frames <n>', `end after so many flips (with --json: ${jsonFrames}, unless --seconds)`)
        .argParser(wholeNumber(1))
        .conflicts('seconds'),
    )
    .addOption(new Option('--seconds <s>', 'end after so long').argParser(seconds));
}

/** What a run leaves beside the screen. */
function addOutputs(command: Command): void {
  command
    .option('--trace <file>', 'write trace events of the run and of the kernel, for ui.perfetto.dev')
    .option('--report <file.html>', 'write a page about the run, with charts of its frames')
    .option('--json', 'print one JSON object on the last line')
    .addOption(
      new Option('--samples', "with each measured frame's values in it, for guesthead compare").implies({ json: true }),
    )
    .option('--metrics <[host:]port>', 'serve /metrics for Prometheus, and /healthz, meanwhile', listenAddress);
}

type GivenOptions = RunOptions & { readonly flipTimeout: number };

function runOptionsOf({ flipTimeout, ...options }: GivenOptions): RunOptions {
  const path = options.path ?? (options.update === 'dirtyfb' ? 'export' : 'import');
  const endless = options.json !== true || options.seconds !== undefined;
  const frames = options.frames ?? (endless ? undefined : jsonFrames);
  return { ...options, path, ...(frames === undefined ? {} : { frames }), flipTimeoutMs: flipTimeout * 1000 };
}

async function runAndPrint(options: RunOptions): Promise<void> {
  try {
    const [{ runHeads }, report] = await Promise.all([import('./run-heads.js'), import('../report/index.js')]);
    const { results, failures } = await runHeads(options);
    const whole = report.combine(results);
    const several = results.length > 1 || options.connector?.includes('all') === true;
    const result = several ? whole : results[0];
    const lines = options.json === true ? [JSON.stringify(result)] : results.flatMap(report.describeRun);
    process.stdout.write(`${lines.join('\n')}\n`);
    process.exitCode = whole.verdict === 'pass' ? 0 : failStatus;
    failures.forEach(sayFailure);
  } catch (error) {
    sayFailure(error);
    if (options.json === true) process.stdout.write(`${JSON.stringify(failureJson(error))}\n`);
  }
}

function sayFailure(error: unknown): void {
  for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
  process.exitCode = exitStatus(error);
}
