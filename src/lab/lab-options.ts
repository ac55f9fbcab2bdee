/** What a lab is asked for. */
import type { MachineWishes } from './machine.js';
import type { PartsWishes } from './parts.js';
import type { WitnessReport } from './witness.js';

export interface LabOptions extends MachineWishes, PartsWishes {
  /** Seconds until a boot is given up. Default: 60; a kernel with KASAN or lockdep takes longer under emulation. */
  readonly bootTimeout?: number | undefined;
  /** Seconds without a sign of life until the guest is taken for hung and its commands fail. Default: 60. */
  readonly hangTimeout?: number | undefined;
  /** What becomes PID 1 of the guest, a path in the root, e.g. `/sbin/init`; default: the lab's own, which runs commands alone. */
  readonly init?: string | undefined;
  /** Keeps the run's folder with the console's log. */
  readonly keepLog?: boolean;
  /** Where there is a port of the transfer: whether the lab has a broker at it, with a consumer that judges. Default: it has. */
  readonly broker?: boolean | undefined;
  /** Called with each judgement that the guest asked for. */
  readonly onCaptures?: (report: WitnessReport) => void;
  /** Ends the boot, or any command in the guest, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A PID 1 that has services to start takes longer. */
const [usualBoot, fullBoot] = [60, 180];
const usualSilence = 60;

/** In seconds. */
export function limitsOf({ bootTimeout, hangTimeout, init }: LabOptions): { boot: number; silence: number } {
  return { boot: bootTimeout ?? (init === undefined ? usualBoot : fullBoot), silence: hangTimeout ?? usualSilence };
}
