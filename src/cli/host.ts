/** `guesthead host qemu`, `host check` and `host watch`: options and printing; the work is loaded when it is called. */
import { Option, type Command } from 'commander';
import { hostAccelerators, hostDisplays } from '../host/choices.js';
import type { Generated, HostWishes } from '../host/index.js';
import { noDeviceStatus } from './failure.js';
import { addBrokerCommand } from './host-broker.js';
import { addReceiveCommand } from './host-receive.js';
import { addWatchCommand } from './host-watch.js';
import { forTerminal } from './word-wrap.js';
import { memorySize, pixelSize, wholeNumber } from './parse.js';

interface QemuOptions extends Omit<HostWishes, 'accelerator'> {
  readonly accel: NonNullable<HostWishes['accelerator']>;
  readonly qemu?: string;
  readonly explain?: boolean;
  readonly libvirt?: boolean;
  readonly json?: boolean;
}

type CheckOptions = Pick<QemuOptions, 'vfio' | 'heads' | 'size' | 'display' | 'memory' | 'qemu' | 'json'> & {
  readonly qmp?: string;
};

export function addHostCommand(program: Command): void {
  const host = program
    .command('host')
    .description("the host's half: QEMU's command line, whether this host can run it, and what a guest shows");
  addQemuCommand(host);
  addMachineOptions(host.command('check'))
    .description('looks at this host; exit status 3 where something needed is missing')
    .addOption(displayOption('the UI that is wanted (default: any with GL, and none is needed)'))
    .option('--qmp <socket>', 'of a guest that runs: whether a broker could hand its buffers on')
    .option('--json', 'print one JSON object')
    .action(checkAndPrint);
  addWatchCommand(host);
  addBrokerCommand(host);
  addReceiveCommand(host);
}

function addQemuCommand(host: Command): void {
  addMachineOptions(host.command('qemu'))
    .description('prints the QEMU command line of a guest whose GPU can flip on virtio-gpu')
    .addOption(displayOption('how the heads are shown').default('gtk'))
    .option('--spice-port <port>', 'Spice for a viewer elsewhere, on the loopback address', wholeNumber(1, 65_535))
    .option('--cpus <n>', 'processors of the guest', wholeNumber(1, 255), 4)
    .option('--kernel <file>', "boot this kernel instead of the disk's")
    .option('--initrd <file>', "the kernel's initial file system")
    .option('--append <words>', "the kernel's command line")
    .option('--disk <file>', "the guest's disk, qcow2 or raw")
    .option('--transfer', "hand buffers of the guest's programs to programs of this host")
    .option('--name <name>', "the machine's name", 'guesthead')
    .addOption(
      new Option('--accel <how>', 'auto = KVM where it works here, else emulation')
        .choices(hostAccelerators)
        .default('auto'),
    )
    .option('--explain', 'say of each option why it is there')
    .addOption(new Option('--libvirt', 'the same machine as domain XML').conflicts('explain'))
    .addOption(new Option('--json', 'print one JSON object').conflicts(['explain', 'libvirt']))
    .action(generateAndPrint);
}

function addMachineOptions(command: Command): Command {
  return command
    .option('--vfio <bdf>', 'the GPU to pass through, by PCI address: 0000:01:00.0 or 01:00.0')
    .option('--heads <n>', 'outputs of the display', wholeNumber(1, 16), 1)
    .option('--size <WxH>', 'pixels of the preferred mode (default: 1920x1080)', pixelSize)
    .option('--memory <size>', "the guest's memory", memorySize, '4G')
    .option('--qemu <program>', 'another QEMU than the host’s own; qemu-system-aarch64 makes a machine of arm64');
}

function displayOption(description: string): Option {
  return new Option('--display <name>', description).choices(hostDisplays);
}

async function generateAndPrint({ accel, qemu, explain, libvirt, json, ...wishes }: QemuOptions): Promise<void> {
  const host = await import('../host/index.js');
  const generated = await host.generate({ ...wishes, accelerator: accel }, qemu);
  const notes = [...generated.notes, ...(libvirt === true ? host.libvirtNotes(generated) : [])];
  for (const note of notes) process.stderr.write(forTerminal(`host: ${note}\n`, process.stderr));
  process.stdout.write(`${text()}\n`);

  function text(): string {
    if (json === true) return JSON.stringify(publicFacts(generated));
    if (libvirt === true) return host.libvirtDomain(generated);
    return explain === true ? host.explanation(generated) : host.commandLine(generated);
  }
}

function publicFacts({ program, accelerator, qemu, items, notes }: Generated): object {
  return {
    program,
    version: qemu?.version ?? null,
    accelerator,
    arguments: items.flatMap((item) => item.arguments),
    items: items.map((item) => ({ arguments: item.arguments, why: item.why })),
    notes,
  };
}

async function checkAndPrint({ qemu, qmp, json, ...wishes }: CheckOptions): Promise<void> {
  const host = await import('../host/index.js');
  const report = await host.checkHost(wishes, { qemu, qmp });
  const text =
    json === true ? JSON.stringify(report) : forTerminal(host.describeChecks(report).join('\n'), process.stdout);
  process.stdout.write(`${text}\n`);
  process.exitCode = report.verdict === 'no' ? noDeviceStatus : 0;
}
