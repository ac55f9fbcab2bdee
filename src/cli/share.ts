/** `guesthead share`: hands pictures of a pattern to the host's consumers, and says how well it went. */
import type { Command } from 'commander';
import { addDeclared } from './declared-options.js';
import { exitStatus, failStatus, failureJson, sayFailure } from './failure.js';
import { sharedFrames, shareOptions, type ShareOptions } from './share-options.js';

export function addShareCommand(program: Command): void {
  const command = program.command('share');
  addDeclared(command, shareOptions, { frames: (option) => option.conflicts('seconds') });
  command
    .description('hands pictures of a test pattern to consumers on the host, without a copy, and says how well it went')
    .action((options: GivenOptions) => shareAndPrint(shareOptionsOf(options)));
}

/** Durations are in seconds here. */
interface GivenOptions extends Omit<ShareOptions, 'releaseTimeoutMs'> {
  readonly releaseTimeout: number;
  readonly wait: number;
}

function shareOptionsOf({ releaseTimeout, wait, ...options }: GivenOptions): ShareOptions {
  const endless = options.json !== true || options.seconds !== undefined;
  const frames = options.frames ?? (endless ? undefined : sharedFrames);
  return {
    ...options,
    ...(frames === undefined ? {} : { frames }),
    releaseTimeoutMs: releaseTimeout * 1000,
    wait: wait * 1000,
  };
}

async function shareAndPrint(options: ShareOptions): Promise<void> {
  const [{ share }, { describeShare }, { RunSignals }] = await Promise.all([
    import('./share-run.js'),
    import('./share-result.js'),
    import('./run-signals.js'),
  ]);
  const signals = new RunSignals();
  const end = new AbortController();
  signals.signal$.subscribe(() => end.abort());
  try {
    const result = await share(options, end.signal);
    const lines = options.json === true ? [JSON.stringify(result)] : describeShare(result);
    process.stdout.write(`${lines.join('\n')}\n`);
    process.exitCode = result.verdict === 'pass' ? 0 : failStatus;
  } catch (error) {
    sayFailure(error);
    process.exitCode = exitStatus(error);
    if (options.json === true) process.stdout.write(`${JSON.stringify(failureJson(error))}\n`);
  } finally {
    signals.close();
  }
}
