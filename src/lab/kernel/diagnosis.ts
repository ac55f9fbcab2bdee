/** What a boot that failed says on its console, as the option of the kernel's configuration that it lacks. */
import { mergeAdvice } from './config.js';

interface Symptom {
  readonly says: RegExp;
  /** What the advice is, by what was matched. */
  readonly means: (match: RegExpExecArray) => string;
}

/** What init mounts, and what the kernel needs for it. */
const mounts: Readonly<Record<string, string>> = {
  '/proc': 'PROC_FS',
  '/sys': 'SYSFS',
  '/dev': 'DEVTMPFS',
  '/dev/pts': 'UNIX98_PTYS',
  '/dev/shm': 'TMPFS',
  '/run': 'TMPFS',
  'the scratch layer': 'TMPFS',
  'an overlay': 'OVERLAY_FS',
};

const lacks = (...options: string[]) =>
  `the kernel lacks ${options.map((name) => `CONFIG_${name}`).join(', ')}: ${mergeAdvice}`;

const symptoms: readonly Symptom[] = [
  { says: /tag <rootfs> not found/, means: () => lacks('PCI', 'VIRTIO_PCI') },
  { says: /Cannot open root device "rootfs".*error -19\b/, means: () => lacks('VIRTIO_FS', 'FUSE_FS') },
  { says: /Requested init \S+ failed \(error -8\)/, means: () => lacks('BINFMT_ELF', '64BIT') },
  {
    says: /guesthead init: mount ([^\n:(]+?)(?: \(.*\))?: (?:No such device|Function not implemented)/,
    means: ([, what = '']) => lacks(mounts[what] ?? `(what mounts ${what})`),
  },
  { says: /guesthead init: open \/dev\/virtio-ports/, means: () => lacks('VIRTIO_CONSOLE', 'DEVTMPFS') },
  { says: /guesthead init: signalfd: Function not implemented/, means: () => lacks('SIGNALFD') },
  { says: /guesthead init: load a module: Function not implemented/, means: () => lacks('MODULES') },
  {
    says: /(\S+): version magic '([^']+)' should be '([^']+)'/,
    means: ([, name, module, kernel]) =>
      `${name} was built for another kernel (${module}) than the image (${kernel}): build image and modules together`,
  },
  {
    says: /(\S+): (?:disagrees about version of|Unknown) symbol/,
    means: ([, name]) => `${name} is of another build than the image: build image and modules together (\`make\`)`,
  },
  {
    says: /guesthead init: load a module: (?:Key was rejected|Required key not available)/,
    means: () => 'the kernel takes signed modules alone: build it without CONFIG_MODULE_SIG_FORCE, or sign the modules',
  },
  {
    says: /guesthead init: load a module: Operation not supported/,
    means: () => 'the kernel cannot unpack its modules (CONFIG_MODULE_DECOMPRESS): install xz-utils or zstd here',
  },
  {
    says: /Kernel panic - not syncing: (?:System is deadlocked|Out of memory)/,
    means: () => 'give the guest more memory (--memory)',
  },
];

/** Undefined where the console says nothing that is known. */
export function diagnose(consoleText: string): string | undefined {
  if (consoleText.trim() === '')
    return `the kernel says nothing on its console: it does not start at all, or it lacks ${['PRINTK', 'TTY', 'SERIAL_8250', 'SERIAL_8250_CONSOLE'].map((name) => `CONFIG_${name}`).join(', ')} (\`guesthead lab config\`)`;
  for (const { says, means } of symptoms) {
    const match = says.exec(consoleText);
    if (match !== null) return means(match);
  }
  return undefined;
}
