/** Whether the pace of flips says anything here: under emulation it is that of a busy host, whatever driver and display do. */

/** Where to look. */
export interface EmulationTraces {
  /** GUESTHEAD_LAB: by which the lab names its accelerator. */
  readonly lab: string | undefined;
  /** The processor's word for the machine below; empty = none. */
  readonly hypervisor: string;
  /** /proc/cpuinfo. */
  readonly cpuinfo: string;
}

/** QEMU's own processors, which it has under emulation only: x86's `max` by its name, ARM's by implementer 0 and part `Q`. */
const emulated = [/^model name\s*:\s*QEMU TCG CPU/m, /^CPU implementer\s*:\s*0x00$[^]*?^CPU part\s*:\s*0x051$/m];

/**
 * Why not, in words; undefined where it does. Only what proves emulation counts, so that a machine whose hypervisor
 * hides is judged as hardware: QEMU's DMI names and its `QEMU Virtual CPU` are there under KVM, too.
 */
export function emulationOf({ lab, hypervisor, cpuinfo }: EmulationTraces): string | undefined {
  if (lab === 'tcg') return 'the lab emulates the processor (no usable /dev/kvm)';
  if (lab === 'kvm') return undefined;
  const proved = hypervisor === 'TCGTCGTCGTCG' || emulated.some((pattern) => pattern.test(cpuinfo));
  return proved ? 'QEMU emulates this machine’s processor (TCG)' : undefined;
}
