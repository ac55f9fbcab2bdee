/** `guesthead run`: opens a head, flips a pattern, judges what it measured. */
import type { Command } from 'commander';
import { withConfigFile } from './config.js';
import { addDeclared } from './declared-options.js';
import { failureJson, exitStatus, failStatus, sayFailure } from './failure.js';
import { jsonFrames, runOptions, type RunOptions } from './run-options.js';
import { forTerminal } from './word-wrap.js';

export function addRunCommand(program: Command): void {
  const command = program.command('run');
  addDeclared(command, runOptions, {
    frames: (option) => option.conflicts('seconds'),
    samples: (option) => option.implies({ json: true }),
  });
  command
    .description('flips a test pattern on a head until --frames, --seconds or Ctrl-C, and says how well it went')
    .action((options: GivenOptions) => runAndPrint(runOptionsOf(options)));
  withConfigFile(command);
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
    const text = () => forTerminal(results.flatMap(report.describeRun).join('\n'), process.stdout);
    process.stdout.write(`${options.json === true ? JSON.stringify(result) : text()}\n`);
    process.exitCode = whole.verdict === 'pass' ? 0 : failStatus;
    failures.forEach(failWith);
  } catch (error) {
    failWith(error);
    if (options.json === true) process.stdout.write(`${JSON.stringify(failureJson(error))}\n`);
  }
}

function failWith(error: unknown): void {
  sayFailure(error);
  process.exitCode = exitStatus(error);
}
