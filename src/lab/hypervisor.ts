/** QEMU, its helper virtiofsd and the connections to them: started once, and given back in whatever state they are. */
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestheadError } from '../errors.js';
import { Agent } from './agent.js';
import { Heads } from './heads.js';
import { silenceOf } from './heartbeat.js';
import type { Kernel } from './kernel/locate.js';
import { type Accelerator, type MachineOptions, qemuArguments, type RunFiles } from './machine.js';
import { displayCameras, screendumps, type OpenCamera } from './camera.js';
import { startChild, type Child } from './processes.js';
import { shareCommand, shareFailure } from './share.js';
import { connectWhenUp, Qmp } from '../qmp/index.js';
import type { TransferJudge } from './transfer.js';
import { serveWitness, type WitnessReport } from './witness.js';

const powerOffMs = 3_000;
/** For the console, at the pace of a serial port. */
const backtraceMs = 1_000;

export interface HypervisorOptions {
  readonly files: RunFiles;
  readonly machine: MachineOptions;
  readonly kernel: Kernel;
  readonly accelerator: Accelerator;
  /** The program. */
  readonly qemu: string;
  /** Folders that the guest writes through to the host. */
  readonly writable: readonly string[];
  /** Whether a broker runs, with a consumer that judges; the machine has the port then. */
  readonly judgesTransfer: boolean;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly onCaptures?: ((report: WitnessReport) => void) | undefined;
}

export class Hypervisor {
  readonly heads: Heads;
  /** In the order of their start. */
  readonly #children: Child[] = [];
  #agent: Agent | undefined;
  #qmp: Qmp | undefined;
  #witness: Socket | undefined;
  #transfer: TransferJudge | undefined;
  readonly #died = new AbortController();

  constructor(private readonly options: HypervisorOptions) {
    this.heads = new Heads(options.files, options.machine);
  }

  /** The guest's. Throws ERR_CLOSED before the start and after the end. */
  get agent(): Agent {
    return open(this.#agent);
  }

  /** Throws ERR_CLOSED as `agent` does. */
  get qmp(): Qmp {
    return open(this.#qmp);
  }

  /** Resolves once QEMU listens and all heads are plugged in; the guest is not up then. */
  async start(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
    const { files, onCaptures } = this.options;
    await this.#startHelper(signal);
    const either = AbortSignal.any([signal, this.#startQemu(env)]);
    this.#agent = new Agent(await connectWhenUp(files.agent, either));
    this.#qmp = await Qmp.connect(files.qmp, either);
    if (this.options.judgesTransfer) this.#transfer = await this.#openTransfer();
    this.#witness = await connectWhenUp(files.witness, either);
    serveWitness(this.#witness, this.#cameras(this.#qmp), files.keptCapture, onCaptures, this.#transfer);
    await this.heads.plugAll(either);
  }

  #cameras(qmp: Qmp): OpenCamera {
    const { files, machine, onProgress } = this.options;
    if (machine.display === 'none') return screendumps(qmp, files.capture);
    return displayCameras(files.watch, onProgress ?? (() => undefined));
  }

  /** Loaded only where it is asked for. */
  async #openTransfer(): Promise<TransferJudge> {
    const { TransferJudge } = await import('./transfer.js');
    return TransferJudge.open(this.options.files);
  }

  /** Resolves to true once the guest has been silent for so long, though it is not paused; rejects with the signal, and with QEMU's end. */
  async isSilent(silentMs: number, signal: AbortSignal): Promise<true> {
    const { agent, qmp } = this;
    await silenceOf({ beats: () => agent.beats, isRunning: () => isRunning(qmp) }, silentMs, signal);
    return true;
  }

  /** A non-maskable interrupt: the kernel says on the console where it was, and ends. */
  async interrupt(signal: AbortSignal): Promise<void> {
    void this.qmp.execute('inject-nmi').catch(() => undefined); // QEMU ends with the guest, or hangs itself
    await sleep(backtraceMs, undefined, { signal });
  }

  /** What stands in for features of the host, beyond what is known before the start. */
  get standIns(): readonly string[] {
    const standIn = this.#transfer?.standIn;
    return standIn === undefined ? [] : [standIn];
  }

  /** By itself: it could not start, or the guest has powered off or panicked. */
  get qemuEnded(): boolean {
    return this.#died.signal.aborted;
  }

  /** What the processes said on standard error, each that said anything. */
  errors(): string[] {
    return this.#children.map((child) => child.errors()).filter((text) => text !== '');
  }

  /** Powers the guest off; ends the processes and closes the connections. */
  async close(): Promise<void> {
    await this.#powerOff();
    this.#agent?.close();
    this.#witness?.destroy();
    this.#transfer?.close();
    this.#qmp?.close();
    this.#agent = this.#qmp = undefined;
    for (const child of this.#children.reverse()) await child.end();
  }

  async #startHelper(signal: AbortSignal): Promise<void> {
    const { files, machine, writable } = this.options;
    this.#children.push(startChild(shareCommand(files, { writable, liveFiles: machine.liveFiles })));
    while (!existsSync(files.fs)) {
      this.#throwIfDead();
      await sleep(10, undefined, { signal });
    }
  }

  /** Aborted when it ends. */
  #startQemu(env: NodeJS.ProcessEnv): AbortSignal {
    const { files, machine, kernel, accelerator, qemu } = this.options;
    const child = startChild([qemu, ...qemuArguments(machine, kernel, files, accelerator)], env);
    this.#children.push(child);
    child.process.once('exit', () => {
      this.#died.abort(new GuestheadError('ERR_LAB', 'QEMU ended'));
    });
    return this.#died.signal;
  }

  #throwIfDead(): void {
    for (const { process: child, errors } of this.#children)
      if (child.exitCode !== null || child.signalCode !== null) throw shareFailure(errors());
  }

  async #powerOff(): Promise<void> {
    const qemu = this.#children.at(-1)?.process;
    if (this.#agent === undefined || qemu?.exitCode !== null) return;
    this.#agent.powerOff();
    const ended = new Promise((done) => qemu.once('exit', done));
    await Promise.race([ended, sleep(powerOffMs, undefined, { ref: false })]);
  }
}

async function isRunning(qmp: Qmp): Promise<boolean> {
  const { running } = (await qmp.execute('query-status')) as { running: boolean };
  return running;
}

function open<T>(connection: T | undefined): T {
  if (connection === undefined) throw new GuestheadError('ERR_CLOSED', 'The lab is closed');
  return connection;
}
