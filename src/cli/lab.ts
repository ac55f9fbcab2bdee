/** `guesthead lab run`, `guesthead lab shell` and `guesthead lab setup`. */
import type { Command } from 'commander';
import type { Lab, LabOptions } from '../lab/index.js';
import { GuestheadError } from '../errors.js';
import { constants } from 'node:os';
import { exitStatus, failStatus, sayFailure, usageStatus } from './failure.js';
import { environmentOf } from './environment.js';
import { addMachineOptions, type LabCliOptions } from './lab-options.js';
import { seconds, wholeNumber } from './parse.js';
import { withoutEcho } from './signal-echo.js';

export function addLabCommand(program: Command): void {
  const lab = program
    .command('lab')
    .description('a QEMU guest with the real virtio-gpu driver, for machines without one');
  addMachineOptions(lab.command('run'))
    .description('boots the guest, runs a command in it in this folder, and passes its exit status on')
    .option('--capture <n>', 'take so many host captures of the counter pattern and compare them', wholeNumber(1, 100))
    .option('--transfer', 'receive what `guesthead share` hands to the host, and compare it')
    .option('--timeout <s>', 'end a guest that takes longer', seconds, 600)
    .argument('<command...>', 'the command, after --')
    .passThroughOptions()
    .action(async (command: string[], options: LabCliOptions) => {
      process.exitCode = await runInLab(command, options);
    });
  addMachineOptions(lab.command('shell'))
    .description('boots the guest and gives an interactive shell in it')
    .action(async (options: LabCliOptions) => {
      process.exitCode = await shellInLab(options);
    });
  lab
    .command('setup')
    .description(
      "brings what the lab needs: as root QEMU and its helpers, and a kernel into the user's cache folder; `run` and `shell` do it by themselves",
    )
    .action(async () => {
      const { setUpLab } = await import('../lab/index.js');
      await setUpLab();
      process.stderr.write('lab: all is here that the lab needs\n');
    });
  lab
    .command('config')
    .description("prints what the guest's kernel must be configured with, for scripts/kconfig/merge_config.sh")
    .action(async () => {
      const { configFragment } = await import('../lab/index.js');
      process.stdout.write(configFragment());
    });
}

async function runInLab(command: readonly string[], options: LabCliOptions): Promise<number> {
  const asked = environmentOf(options.env ?? []);
  const interruption = interruptible();
  const lab = await bootOrSay(options, interruption);
  if (typeof lab === 'number') return lab;
  const captures = options.capture === undefined ? {} : { GUESTHEAD_CAPTURES: String(options.capture) };
  const transfer = options.transfer === true ? { GUESTHEAD_TRANSFER: '1' } : {};
  const env = { ...captures, ...transfer, ...asked };
  const timer = setTimeout(() => {
    interruption.abort(`no end after ${options.timeout} s`);
  }, options.timeout * 1000);
  try {
    const job = lab.start(command, {
      env,
      cwd: process.cwd(),
      onStdout: (chunk) => process.stdout.write(chunk),
      onStderr: (chunk) => process.stderr.write(chunk),
    });
    interruption.onSignal = (signal) => {
      job.kill(signal);
    };
    return statusOf(await job.done);
  } finally {
    clearTimeout(timer);
    await lab.close();
    interruption.dispose();
  }
}

async function shellInLab(options: LabCliOptions): Promise<number> {
  const asked = environmentOf(options.env ?? []);
  const interruption = interruptible();
  const lab = await bootOrSay(options, interruption, true); // someone edits files on the host meanwhile
  if (typeof lab === 'number') return lab;
  const { stdin, stdout } = process;
  try {
    const job = lab.start(options.root === undefined ? [process.env['SHELL'] ?? '/bin/bash'] : anyShell, {
      terminal: true,
      cwd: process.cwd(),
      env: { TERM: process.env['TERM'] ?? 'dumb', ...asked },
      onStdout: (chunk) => stdout.write(chunk),
    });
    const resize = () => {
      job.resize(stdout.rows, stdout.columns);
    };
    if (stdout.isTTY) resize();
    stdout.on('resize', resize);
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on('data', (chunk: Buffer) => {
      job.input(chunk);
    });
    stdin.on('end', () => {
      job.input(Buffer.of(endOfTransmission));
    });
    return statusOf(await job.done);
  } finally {
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    await lab.close();
    interruption.dispose();
  }
}

/** In a root that has not got the host's. */
const anyShell = ['sh', '-c', 'exec "$(command -v bash || command -v sh)"'];

/** Ctrl-D, which ends a shell whose input has ended. */
const endOfTransmission = 4;

/** The lab, or the exit status where there is none to run the command in. Throws what is the caller's mistake. */
async function bootOrSay(options: LabCliOptions, interruption: Interruption, liveFiles = false): Promise<Lab | number> {
  try {
    return await boot(options, interruption.signal, liveFiles);
  } catch (error) {
    interruption.dispose();
    if (exitStatus(error) === usageStatus) throw error;
    sayFailure(error);
    return interruption.status ?? options.bootFailure;
  }
}

async function boot(options: LabCliOptions, signal: AbortSignal, liveFiles = false): Promise<Lab> {
  const say = (line: string) => process.stderr.write(`lab: ${line}\n`);
  const labOptions: LabOptions = {
    size: options.size,
    heads: options.heads,
    blob: options.blob === 'on',
    display: options.display,
    memory: options.memory,
    cpus: options.cpus,
    type: options.machine,
    transfer: options.transfer === true,
    input: options.input === true,
    kernel: options.kernel,
    writable: options.writable,
    root: options.root,
    init: options.init,
    modules: options.modules,
    qemu: options.qemu,
    bootTimeout: options.bootTimeout,
    liveFiles,
    keepLog: options.keepLog === true,
    onProgress: say,
    signal,
  };
  const { Lab, setUpLab } = await import('../lab/index.js');
  await setUpLab(options);
  const lab = await Lab.boot(labOptions);
  for (const standIn of lab.standIns) say(standIn);
  if (lab.root.description !== undefined) say(lab.root.description);
  say(writingOf(lab.writable));
  if (options.display === 'dbus') say(`to watch the display: guesthead host watch --qmp ${lab.files.watch}`);
  if (options.keepLog === true) say(`the console's log is ${lab.files.console}`);
  return lab;
}

interface Interruption {
  readonly signal: AbortSignal;
  abort(why: string): void;
  /** What a shell tells of a command that a signal ended, once one has come; `git bisect run` stops at it. */
  readonly status: number | undefined;
  onSignal: ((signal: NodeJS.Signals) => void) | undefined;
  dispose(): void;
}

/** The first signal goes to the guest's command, so that it can end well; before there is one, and a second time, it ends the lab. */
function interruptible(): Interruption {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const interruption: Interruption = {
    signal: controller.signal,
    get status() {
      return received === undefined ? undefined : 128 + constants.signals[received];
    },
    abort: (why) => {
      controller.abort(new GuestheadError('ERR_LAB', `The guest was ended: ${why}`));
    },
    onSignal: undefined,
    dispose: () => {
      process.off('SIGINT', receive);
      process.off('SIGTERM', receive);
    },
  };
  const receive = withoutEcho((signal) => {
    received = signal;
    const pass = interruption.onSignal;
    interruption.onSignal = undefined;
    if (pass === undefined) interruption.abort(signal);
    else pass(signal);
  });
  process.on('SIGINT', receive);
  process.on('SIGTERM', receive);
  return interruption;
}

function statusOf({ status, signal }: { status: number | null; signal: string | null }): number {
  if (signal !== null) process.stderr.write(`lab: the command was ended by ${signal}\n`);
  return status ?? failStatus;
}

function writingOf(writable: readonly string[]): string {
  if (writable.includes('/')) return 'the guest can write every file of this machine that you can';
  const elsewhere = 'what it writes elsewhere is gone with it';
  return writable.length === 0
    ? `the guest writes in its own memory: ${elsewhere}`
    : `the guest writes ${writable.join(', ')}; ${elsewhere}`;
}
