/** What the command's help and its man page say beside the commands and their options. */
import { configName, kioskConfigName } from './config.js';
import { failStatus, noDeviceStatus, notBootedStatus, usageStatus } from './failure.js';

type Entry = readonly [term: string, description: string];

export const introduction = [
  'guesthead allocates buffers on a GPU without a display, imports them into virtio-gpu and flips through them at the display’s full rate. Each buffer stays locked until the host is done reading it, and no pixel is copied in the guest.',
  'Devices are chosen by driver, PCI address or node. Whatever ends the command, the screen shows afterwards what it showed before.',
];

export const exitStatuses: readonly Entry[] = [
  ['0', 'pass'],
  [String(failStatus), 'fail: the figures are not good enough, or the run broke off'],
  [String(usageStatus), 'bad usage: a wrong option, or a wrong config file'],
  [String(noDeviceStatus), 'no suitable device here, or no permission to use it'],
  [String(notBootedStatus), 'guesthead lab: the guest did not come up, so that the command never ran'],
];

export const environment: readonly Entry[] = [
  [
    'NOTIFY_SOCKET',
    'where the service manager listens: guesthead run tells it when every head flips (READY), how the flips go (STATUS, once a second at most) and how it ends (STOPPING, ERRNO); guesthead kiosk is ready when something of its client’s was seen',
  ],
  [
    'WATCHDOG_USEC, WATCHDOG_PID',
    'the service manager’s watchdog: it is fed at half this time, and only if every head has flipped since the last feed; of a kiosk by frames of its client, and by its answers where it draws nothing',
  ],
  ['GUESTHEAD_CAPTURES', 'set by guesthead lab run --capture for the command in the guest'],
  ['GUESTHEAD_TRANSFER', 'set by guesthead lab run --transfer for the command in the guest'],
];

export const files: readonly Entry[] = [
  [configName, 'options of guesthead run, in the current folder'],
  [kioskConfigName, 'those of guesthead kiosk'],
  ['schemas/config.schema.json, schemas/kiosk-config.schema.json', 'their JSON Schemas, in the package’s folder'],
  [
    'examples/systemd/guesthead.service',
    'a unit that flips, in the package’s folder; the Debian package has put it in its place',
  ],
  ['examples/systemd/guesthead-kiosk.service', 'a unit for a Wayland client that fills the screen'],
  ['/dev/dri/card*, /dev/dri/renderD*', 'the devices; the groups video and render may open them'],
  ['/dev/udmabuf', 'makes dma-bufs of ordinary memory, for the path udmabuf'],
];

export const examples: readonly Entry[] = [
  ['guesthead run --frames 600 --json', 'Flips 600 frames and prints one JSON object on the last line.'],
  [
    'guesthead run --connector all --reopen --wait',
    'Flips on every connected head, and goes on through most troubles.',
  ],
  ['guesthead lab run -- guesthead run --frames 600', 'The same in a QEMU guest, on a machine without the devices.'],
  [
    'git bisect run sh -c "make -j8 || exit 125; guesthead lab run --kernel . -- guesthead run --frames 100"',
    'Finds the commit that broke the flips, in the tree of a kernel; one that does not build or boot is skipped.',
  ],
  [
    'guesthead completion bash > ~/.local/share/bash-completion/completions/guesthead',
    'Has bash complete the command.',
  ],
];

export const seeAlso = ['modetest(1)', 'qemu(1)', 'sd_notify(3)', 'systemd.service(5)'];

/** Below the help of the program. */
export function helpBelow(): string {
  const statuses = exitStatuses.map(([status, meaning]) => `  ${status}  ${meaning}`);
  return ['', 'Exit status:', ...statuses, '', 'Examples:', ...examples.map(([line]) => `  ${line}`)].join('\n');
}
