/** The options of a kernel's configuration that the lab needs, each with why; and the fragment made of them. */

export interface KernelOption {
  /** Without `CONFIG_`. */
  readonly name: string;
  readonly why: string;
  /**
   * *built in*: without it, or with it as a module, the guest does not come up, for it boots without an initrd;
   * *any*: may be a module; *useful*: something is missing without it; *systemd*: only for a root with systemd as PID 1.
   */
  readonly need: 'built in' | 'any' | 'useful' | 'systemd';
  /** The first release that has it: before, what it is for was always there. */
  readonly since?: string | undefined;
}

interface Section {
  readonly title: string;
  readonly options: readonly KernelOption[];
}

function section(
  title: string,
  ...options: readonly [KernelOption['need'], name: string, why: string, since?: string][]
): Section {
  return { title, options: options.map(([need, name, why, since]) => ({ name, why, need, since })) };
}

const sections: readonly Section[] = [
  section(
    'A machine that runs the programs of the host',
    ['built in', '64BIT', "The guest runs the host's 64-bit programs."],
    ['useful', 'SMP', 'QEMU gives the guest two processors.'],
    ['built in', 'MULTIUSER', 'Programs change their user and group.'],
    ['built in', 'BINFMT_ELF', 'Programs are ELF files.'],
    ['built in', 'BINFMT_SCRIPT', 'The command guesthead is a script that begins with #!.'],
    ['built in', 'FUTEX', 'Threads wait for each other with it.'],
    ['built in', 'EPOLL', "Node's event loop waits with it."],
    ['built in', 'EVENTFD', "Node's threads wake the loop with it."],
    ['built in', 'SIGNALFD', "The lab's init is told of ended children with it."],
    ['useful', 'TIMERFD', 'Compositors and libinput set timers with it.'],
    ['useful', 'INOTIFY_USER', 'Node watches files with it.'],
    ['built in', 'SHMEM', 'Shared memory: memfd, tmpfs and the buffers of the GPU drivers.'],
    ['useful', 'MEMFD_CREATE', 'The udmabuf path and Wayland clients allocate with it.'],
    ['useful', 'ADVISE_SYSCALLS', 'V8 gives memory back with madvise(2).'],
    ['useful', 'FILE_LOCKING', 'Mesa locks its shader cache.'],
    ['useful', 'POSIX_TIMERS', 'The C library has timers of its own on it.'],
    ['useful', 'HIGH_RES_TIMERS', 'The vblank timer of virtio-gpu keeps its pace with it.'],
    ['built in', 'NET', 'Sockets.'],
    ['built in', 'UNIX', 'Node talks to its child processes through Unix sockets, compositors to their clients.'],
    ['useful', 'INET', 'Metrics are served on the loopback device.'],
    ['built in', 'PROC_FS', 'Node, Mesa and guesthead read /proc.'],
    ['built in', 'SYSFS', 'guesthead finds its devices in /sys.'],
  ),
  section(
    "QEMU's machine and the console",
    ['built in', 'PCI', 'All devices of the lab are on the PCI bus.'],
    ['useful', 'PCI_MSI', 'An interrupt of its own for each queue of a device.'],
    ['useful', 'ACPI', 'Finds the devices and their interrupts, and powers off.'],
    ['useful', 'PRINTK', 'What went wrong while booting is read from the console.'],
    ['useful', 'TTY', 'The console is one.'],
    ['useful', 'SERIAL_8250', 'The console is on the serial port.'],
    ['useful', 'SERIAL_8250_CONSOLE', 'Without it a boot that fails says nothing.'],
    ['useful', 'UNIX98_PTYS', '`guesthead lab shell` runs on a pseudo-terminal.'],
    [
      'useful',
      'IKCONFIG',
      'guesthead reads the configuration out of the image and names what is missing before it boots.',
    ],
  ),
  section(
    'The root: the files of the host, without an initrd',
    ['built in', 'VIRTIO_MENU', 'Virtio.'],
    ['built in', 'VIRTIO_PCI', 'The transport of all virtio devices here.'],
    ['built in', 'FUSE_FS', 'virtiofs speaks its protocol.'],
    ['built in', 'VIRTIO_FS', 'The root is a virtiofs.'],
    ['any', 'OVERLAY_FS', 'What the guest writes goes into a layer above the root.'],
    ['built in', 'TMPFS', 'That layer, /run and /dev/shm are in memory.'],
    ['useful', 'TMPFS_XATTR', 'The layer above the root marks with it which folders replace those below.'],
    ['built in', 'DEVTMPFS', 'Device nodes appear in /dev without udev.'],
    ['useful', 'DEVTMPFS_MOUNT', 'init has its console from the start, so that its first errors are heard.'],
    ['any', 'VIRTIO_CONSOLE', 'The host runs commands in the guest through a virtio-serial port.'],
  ),
  section(
    'The display, and the GPU that buffers come from',
    ['any', 'DRM', 'The graphics drivers.'],
    ['any', 'DRM_VIRTIO_GPU', 'The display: virtio-gpu.'],
    ['built in', 'DRM_VIRTIO_GPU_KMS', 'Its connectors, CRTCs and planes.', '6.4'],
    ['any', 'DRM_VGEM', 'Stands in for the headless GPU that buffers come from.'],
    ['useful', 'DMABUF_HEAPS', 'Mesa and compositors may allocate from it.'],
    ['useful', 'UDMABUF', 'The udmabuf path makes a dma-buf of a memfd with it.'],
    ['useful', 'DEBUG_FS', 'What virtio-gpu holds, and the state of the pipe, in /sys/kernel/debug/dri.'],
  ),
  section(
    'For a root with systemd as PID 1: take away the # in front of CONFIG',
    ['systemd', 'CGROUPS', 'systemd keeps each service in a control group.'],
    ['systemd', 'CGROUP_PIDS', 'TasksMax= of a unit.'],
    ['systemd', 'MEMCG', 'MemoryMax= of a unit.'],
    ['systemd', 'FHANDLE', 'systemd tells mount points by file handles; udev needs it.'],
    ['systemd', 'NAMESPACES', 'Units with private folders (PrivateTmp=, ProtectSystem=).'],
    ['systemd', 'SECCOMP', 'SystemCallFilter= of a unit.'],
    ['systemd', 'AUTOFS_FS', 'Automount units.'],
    ['systemd', 'TMPFS_POSIX_ACL', 'udev gives the devices of a seat to its user by ACL.'],
    ['systemd', 'INPUT_EVDEV', 'Compositors read keyboards and pointers.'],
    ['systemd', 'VT', 'Consoles to log in on, and what logind switches between.'],
  ),
];

export const kernelOptions: readonly KernelOption[] = sections.flatMap(({ options }) => options);

const head = `# What the lab of guesthead needs of a guest's kernel, all of it built in: the image alone then suffices.
# In the kernel's tree, upon a configuration of your own, x86_64_defconfig or tinyconfig:
#   guesthead lab config > lab.config
#   scripts/kconfig/merge_config.sh .config lab.config && make bzImage
#   guesthead lab run --kernel . -- guesthead run --frames 100
# What the comments call a driver may be =m too; \`make modules\` then builds it, and the lab finds it in the tree.`;

/** For scripts/kconfig/merge_config.sh. */
export function configFragment(): string {
  return (
    [head, ...sections.map(({ title, options }) => [`## ${title}`, ...options.map(lines)].join('\n'))].join('\n\n') +
    '\n'
  );
}

function lines({ name, why, need }: KernelOption): string {
  return `# ${why}\n${need === 'systemd' ? '#' : ''}CONFIG_${name}=y`;
}
