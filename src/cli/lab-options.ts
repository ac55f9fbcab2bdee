/** What a guest of `guesthead lab` can be made of. */
import { type Command, Option } from 'commander';
import { labMachines, mostCpus, type LabMachine } from '../lab/choices.js';
import type { Size } from '../lab/index.js';
import { notBootedStatus } from './failure.js';
import { collect, memorySize, pixelSize, seconds, wholeNumber } from './parse.js';

export interface LabCliOptions {
  readonly size?: Size;
  readonly heads: number;
  readonly blob: 'on' | 'off';
  readonly display: 'none' | 'dbus';
  readonly memory: string;
  readonly cpus?: number;
  readonly machine: LabMachine;
  readonly kernel?: string;
  readonly writable?: string[];
  readonly modules?: string;
  readonly root?: string;
  readonly init?: string;
  readonly qemu?: string;
  readonly bootTimeout?: number;
  readonly timeout: number;
  readonly capture?: number;
  readonly transfer?: boolean;
  readonly input?: boolean;
  readonly keepLog?: boolean;
  readonly env?: readonly string[];
  readonly bootFailure: number;
}

/** Of `run` and `shell`. */
export function addMachineOptions(command: Command): Command {
  return command
    .option('--size <WxH>', 'pixels of the preferred mode (default: 1920x1080, with several heads 1280x720)', pixelSize)
    .option('--heads <n>', 'outputs of the display, all connected', wholeNumber(1, 16), 1)
    .addOption(
      new Option('--blob <on|off>', 'off = a host that refuses foreign buffers').choices(['on', 'off']).default('on'),
    )
    .addOption(
      new Option('--display <name>', "dbus = QEMU's D-Bus display, of which captures are taken")
        .choices(['none', 'dbus'])
        .default('none'),
    )
    .option('--input', 'a tablet for each head, a mouse and a keyboard, for what reads /dev/input')
    .option('--memory <size>', "the guest's memory", memorySize, '2G')
    .option('--cpus <n>', "the guest's processors (default: GUESTHEAD_LAB_CPUS, or 2)", wholeNumber(1, mostCpus))
    .addOption(
      new Option('--machine <type>', "QEMU's PC: q35, or pc for an i440FX").choices(labMachines).default('q35'),
    )
    .option('--kernel <file|folder>', 'another kernel: an image (bzImage, vmlinuz), or the build tree as it lies')
    .option(
      '--modules <folder>',
      "that kernel's modules, where `make modules_install INSTALL_MOD_PATH=FOLDER` wrote them",
    )
    .option('--qemu <file|folder>', 'another QEMU: the program qemu-system-x86_64, or the folder in which it was built')
    .option('--boot-timeout <s>', 'give a boot up that takes longer (default: 60, with --init 180)', seconds)
    .option(
      '--writable <dir>',
      'a folder that the guest writes through to this machine, besides this one (repeatable; / = all that you can write)',
      collect,
    )
    .option(
      '--root <dir>',
      "another distribution's tree as the guest's root, e.g. what mmdebstrap made; nothing is written to it",
    )
    .option('--init <program>', 'what becomes PID 1 of the guest, e.g. /sbin/init; the command runs beside it')
    .option(
      '--env <name[=value]>',
      'a variable of the command in the guest, by default with its value here (repeatable)',
      collect,
    )
    .option(
      '--boot-failure <status>',
      'the exit status where the guest does not come up: 125 is skipped by `git bisect run`, 1 is bad',
      wholeNumber(1, 255),
      notBootedStatus,
    )
    .option('--keep-log', "keep the guest's console log and say where it is");
}
