/**
 * One booted guest. `Lab.boot` owns every process, socket and file of the run
 * and gives them back on `close()`, on a failed boot, and when the guest dies.
 */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { GuestheadError, messageOf } from '../errors.js';
import type { Job, JobOptions, JobResult } from './agent.js';
import { ConsoleLog } from './console-log.js';
import { emulatorAdvice, isEmulatorsDoing, type FailedBoot } from './emulator-fault.js';
import { Hypervisor } from './hypervisor.js';
import { layoutText } from './layout.js';
import { type Accelerator, machineOf, runFiles, type RunFiles, type Size } from './machine.js';
import type { Kernel } from './kernel/locate.js';
import { diagnose } from './kernel/diagnosis.js';
import { inputDrivers, stageModules } from './kernel/stage.js';
import { LabInput } from './input.js';
import { type LabOptions, limitsOf } from './lab-options.js';
import { displayAdvice, type Qmp } from '../qmp/index.js';
import { requireQemu } from './qemu.js';
import { findParts, type LabParts } from './parts.js';
import { untilReady } from './readiness.js';
import { fillBin, type Root } from './root.js';
import { shellQuote } from './shell.js';
import { checkSize } from './sizes.js';
import { buildInit, buildUdmabufStandIn } from './tools.js';
import { packageRoot } from '../package-root.js';
import { temporaryFolder } from '../temporary-folder.js';

export class Lab {
  readonly #hypervisor: Hypervisor;
  readonly #console: ConsoleLog;
  readonly #closed = new AbortController();
  #closing: Promise<void> | undefined;
  #up = false;
  /** In words, once it does. */
  #hang: string | undefined;

  private constructor(
    readonly folder: string,
    private readonly parts: LabParts,
    private readonly options: LabOptions,
  ) {
    const { kernel, accelerator, qemu, writable } = parts;
    const { files } = this;
    const machine = machineOf(options);
    this.#hypervisor = new Hypervisor({
      ...{ files, machine, kernel, accelerator, qemu, writable },
      judgesTransfer: machine.transfer && options.broker !== false,
      onProgress: options.onProgress,
      onCaptures: options.onCaptures,
    });
    this.#console = new ConsoleLog(this.files.console);
  }

  static async boot(options: LabOptions = {}): Promise<Lab> {
    checkSize(machineOf(options).size);
    return Lab.#bootWithin(2, options);
  }

  static async #bootWithin(attempts: number, options: LabOptions): Promise<Lab> {
    const parts = await findParts(options);
    const folder = temporaryFolder('guesthead-');
    const lab = new Lab(folder, parts, options);
    try {
      await lab.#boot();
      return lab;
    } catch (error) {
      const failure = await lab.#explain(error);
      const again = attempts > 1 && isEmulatorsDoing(await lab.#failedBoot());
      await lab.close();
      if (!again) throw failure;
      options.onProgress?.(`${messageOf(failure).split('\n')[0] ?? ''}: the emulated processor's doing; once more`);
      return Lab.#bootWithin(attempts - 1, options);
    }
  }

  get kernel(): Kernel {
    return this.parts.kernel;
  }

  get accelerator(): Accelerator {
    return this.parts.accelerator;
  }

  /** What stands in for hardware or host features in this lab, for people to read. */
  get standIns(): readonly string[] {
    return [...this.parts.standIns, ...this.#hypervisor.standIns];
  }

  /** Folders that the guest writes through to the host; what it writes elsewhere is gone with it. */
  get writable(): readonly string[] {
    return this.parts.writable;
  }

  get root(): Root {
    return this.parts.root;
  }

  get files(): RunFiles {
    return runFiles(this.folder);
  }

  get qmp(): Qmp {
    return this.#hypervisor.qmp;
  }

  /** Moves, clicks and types as who sits before the host's windows. Throws ERR_LAB in a lab without `input: true`. */
  get input(): LabInput {
    if (this.options.input !== true)
      throw new GuestheadError('ERR_LAB', 'The guest has no input devices', {
        advice: 'boot the lab with `input: true`',
      });
    return new LabInput(this.qmp);
  }

  /** Starts a command in the guest, in this checkout unless told otherwise. `guesthead` is that of the host; `node` too, unless `root` has its own. */
  start(command: readonly string[], options: JobOptions & { cwd?: string; env?: Record<string, string> } = {}): Job {
    const { agent } = this.#hypervisor;
    const exports = Object.entries({ ...this.#environment(), ...options.env }).map(
      ([name, value]) => `export ${name}=${shellQuote(value)}; `,
    );
    const words = command.map(shellQuote).join(' ');
    const line = `cd ${shellQuote(options.cwd ?? packageRoot)} && ${exports.join('')}exec ${words}`;
    const job = agent.run(line, options);
    return { ...job, done: job.done.catch(async (error: unknown) => Promise.reject(await this.#explain(error))) };
  }

  /** Runs a command to its end and returns what it printed. */
  async run(
    command: readonly string[],
    options: Parameters<Lab['start']>[1] = {},
  ): Promise<JobResult & { stdout: string; stderr: string }> {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const job = this.start(command, {
      ...options,
      onStdout: (chunk) => out.push(chunk),
      onStderr: (chunk) => err.push(chunk),
    });
    const result = await job.done;
    return { ...result, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  }

  /**
   * The host's window of a head, numbered from 0, gets another size: the guest sees a
   * hotplug, and the size as the connector's preferred mode. Plugs an unplugged head in.
   * Resolves once QEMU has it, before the guest has seen it.
   */
  async resize(head: number, size: Size): Promise<void> {
    await this.#hypervisor.heads.resize(head, size);
  }

  /** The host closes a head's window: its connector becomes disconnected. Works for every head, the first included. */
  async unplug(head: number): Promise<void> {
    await this.#hypervisor.heads.unplug(head);
  }

  /**
   * While on, the host's udmabuf refuses every list with EINVAL, as it does above its limits:
   * QEMU then has nothing to show for a buffer that the guest imports meanwhile, also later on.
   * Only a buffer in one piece of guest memory needs no udmabuf. Throws ERR_LAB without the stand-in.
   */
  async refuseBuffers(on: boolean): Promise<void> {
    if (!this.parts.hasUdmabufStandIn)
      throw new GuestheadError('ERR_LAB', "The host's own udmabuf cannot be told to refuse", {
        advice: 'boot the lab with `udmabufStandIn: true`',
      });
    if (on) await writeFile(this.files.refusal, '');
    else await rm(this.files.refusal, { force: true });
  }

  /** Powers the guest off and removes all that the run made. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #boot(): Promise<void> {
    const progress = this.options.onProgress ?? (() => undefined);
    const { boot: seconds } = limitsOf(this.options);
    const timeout = AbortSignal.timeout(seconds * 1000);
    timeout.addEventListener('abort', () => {
      if (!this.#up) this.#hang = `The guest was not up after ${seconds} s`;
    });
    const signal = this.options.signal ? AbortSignal.any([timeout, this.options.signal]) : timeout;
    progress(`booting Linux ${this.kernel.release} in QEMU (${this.accelerator})`);
    await this.#hypervisor.start(await this.#makeFiles(), signal);
    const { agent } = this.#hypervisor;
    const ended = abortion(signal);
    await Promise.race([agent.ready, ended]);
    await Promise.race([this.#untilReady(), ended]);
    const failCommands = () => {
      agent.fail(reasonOf(this.options.signal));
    };
    this.options.signal?.addEventListener('abort', failCommands, { signal: this.#closed.signal });
    this.#up = true;
    void this.#watch();
    progress('the guest is up');
  }

  #untilReady(): Promise<void> {
    return untilReady({
      run: async (script) => (await this.run(['sh', '-c', script], { cwd: '/' })).stdout,
      kernel: this.kernel,
      options: this.options,
      allConnected: this.#hypervisor.heads.allConnected(),
    });
  }

  /** Once it hangs, its commands fail. */
  async #watch(): Promise<void> {
    const { silence: seconds } = limitsOf(this.options);
    const { signal } = this.#closed;
    const isHung = await this.#hypervisor.isSilent(seconds * 1000, signal).catch(() => false);
    if (!isHung) return; // it was closed, or QEMU has ended, which others are told of
    this.#hang = `The guest hangs: it has given no sign of life for ${seconds} s`;
    await this.#hypervisor.interrupt(signal).catch(() => undefined);
    if (signal.aborted) return; // closed meanwhile: there is no agent any more
    this.#hypervisor.agent.fail(new GuestheadError('ERR_LAB', this.#hang));
  }

  /** The environment in which QEMU finds them. */
  async #makeFiles(): Promise<NodeJS.ProcessEnv> {
    await copyFile(await buildInit(), this.files.init);
    stageModules(this.kernel, this.files.modules, machineOf(this.options).input ? inputDrivers : []);
    const { files, root, writable } = this;
    await writeFile(files.layout, layoutText({ files, root, writable, init: this.options.init }));
    await mkdir(this.files.share);
    fillBin(this.files, this.root);
    if (!this.parts.hasUdmabufStandIn) return process.env;
    await copyFile(await buildUdmabufStandIn(), this.files.standIn);
    return { ...process.env, LD_PRELOAD: this.files.standIn, GUESTHEAD_UDMABUF_REFUSAL: this.files.refusal };
  }

  /** Of every command: the accelerator, for under emulation the pace proves nothing, and where to look for programs. */
  #environment(): Record<string, string> {
    const path = `${this.files.bin}:${this.root.searchPath}`;
    return { GUESTHEAD_LAB: this.accelerator, PATH: path };
  }

  /** Adds what QEMU, virtiofsd and the console said last. */
  async #explain(error: unknown): Promise<Error> {
    if (this.#closing !== undefined) return new GuestheadError('ERR_CLOSED', 'The lab was closed');
    const tail = await this.#console.tail();
    const what = this.#hang ?? messageOf(error);
    const parts = [what, ...this.#hypervisor.errors(), tail === '' ? '' : `the guest's console ended with:\n${tail}`];
    const advice = this.#up ? undefined : await this.#advice(error);
    return new GuestheadError('ERR_LAB', parts.filter((part) => part !== '').join('\n'), { cause: error, advice });
  }

  /** What to change, of a boot that failed: what it knew itself, what QEMU lacks, or what the console tells. */
  async #advice(error: unknown): Promise<string | undefined> {
    if (error instanceof GuestheadError && error.advice !== undefined) return error.advice;
    if (this.#hypervisor.errors().some((text) => text.includes("Display 'dbus' is not available")))
      return displayAdvice;
    if (this.#hypervisor.qemuEnded) {
      const fault = await requireQemu(this.parts.qemu).catch(messageOf);
      if (fault !== undefined) return fault;
    }
    const failed = await this.#failedBoot();
    const isSilent = failed.console === '' && this.#hypervisor.errors().length > 0; // QEMU itself did not come so far
    return failed.isNamed && !isSilent ? (emulatorAdvice(failed) ?? diagnose(failed.console)) : undefined;
  }

  async #failedBoot(): Promise<FailedBoot> {
    const { accelerator } = this;
    return {
      accelerator,
      isNamed: this.kernel.isNamed,
      hung: this.#hang !== undefined,
      console: await this.#console.text(),
    };
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    await this.#hypervisor.close();
    if (this.options.keepLog !== true) await rm(this.folder, { recursive: true, force: true });
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason));
}

function abortion(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(reasonOf(signal));
    });
  });
  promise.catch(() => undefined);
  return promise;
}
